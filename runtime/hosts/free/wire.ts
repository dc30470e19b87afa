import type { Address, AskId } from "../../core/actor.ts";

/** What goes over a port between two workers: mail, the answer to an ask, or the news that there will be none. */
export const op = { mail: 0, reply: 1, failed: 2 } as const;

/** One of `op`. */
export type Op = (typeof op)[keyof typeof op];

/**
 * One message to a peer holds all that is for it, flat, `batchStride` slots each: op, to, from, ask, body. Flat arrays
 * are what structured clone is fastest with.
 */
export type Batch = unknown[];

/** The slots of one piece of a batch. */
export const batchStride = 5;

/** A piece of a batch, taken apart. `body` is a message, an answer, or the reason of a failure. */
export interface Piece {
  readonly op: Op;
  readonly to: Address;
  readonly from: Address;
  readonly ask: AskId;
  readonly body: unknown;
}

/** A worker, as its peers name it; 0 is the main thread. */
export type PeerId = number;

/** The main thread as a peer. */
export const mainPeer: PeerId = 0;

/** The answer to "where does it live": nowhere. */
export const nowhere: PeerId = -1;

/** The types of what is in a piece, as dead letters and the fault layer name them. */
export function typeOfPiece({ op: kind, body }: Piece): string {
  if (kind === op.reply) return "reply";
  return kind === op.failed ? "failed" : (body as { readonly type: string }).type;
}
