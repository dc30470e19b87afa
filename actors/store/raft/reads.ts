import type { Address } from "../../../runtime/mod.ts";

/** A linearizable read that waits to learn up to where its replica must have applied. */
export interface Read {
  /** The replica that serves it. */
  readonly from: Address;
  /** That replica's name for it. */
  readonly context: number;
}

/** The reads of one replica on their way. */
export interface Reads {
  /** Counts the rounds of heartbeats that confirm leadership. */
  round: number;
  /** Nobody was asked about these yet. */
  readonly waiting: Read[];
  /** A follower's: the question that is out, for all these reads. */
  asked: { readonly context: number; readonly atMs: number; readonly reads: Read[] } | undefined;
  /** A leader's: these wait until a majority has answered the round. */
  confirming:
    | { readonly round: number; readonly index: number; readonly reads: Read[]; readonly heard: Set<Address> }
    | undefined;
  /** This replica's own, answered: they can be served when `index` is applied. */
  readonly confirmed: { readonly index: number; readonly contexts: readonly number[] }[];
}

/** No reads. */
export function createReads(): Reads {
  return { round: 0, waiting: [], asked: undefined, confirming: undefined, confirmed: [] };
}
