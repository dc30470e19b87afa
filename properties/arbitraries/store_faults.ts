import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import type { Places } from "../../runtime/faults/places.ts";
import { faultIn } from "./places.ts";

/** Where and when the faults of a plan may strike. */
export interface StoreFaultsOptions {
  readonly members: readonly string[];
  /** Faults begin before it. Default 4,000. */
  readonly untilMs?: number;
  /** Default 6. */
  readonly faultsMax?: number;
}

/**
 * Plans of faults that a store must survive: crashes, torn writes, pauses, slow disks, and bad links. A lost fsync is
 * not among them: Raft stands on disks that keep what they promised.
 */
export function storeFaults({ members, untilMs = 4_000, faultsMax = 6 }: StoreFaultsOptions): fc.Arbitrary<Fault[]> {
  const places: Places = {
    ...{ actors: members, disks: members, clocks: [], streams: [] },
    links: { from: members },
    datagrams: { from: members, to: ["*"] },
  };
  const when = { trigger: fc.nat(untilMs).map((atMs) => ({ atMs })), forMs: fc.integer({ min: 1, max: 3_000 }) };
  return fc.array(faultIn(places, when), { maxLength: faultsMax });
}
