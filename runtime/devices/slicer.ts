import { createFrameWalk, type FrameHead, type ReadHead } from "./frame_walk.ts";

/** What may be dealt with in one turn. */
export interface Slice {
  readonly bytes: Uint8Array;
  /** So many requests begin in it. */
  readonly requests: number;
}

/** Cuts what comes on one connection into slices, each of what takes one turn, or of one frame that takes more. */
export interface Slicer {
  cut(chunk: Uint8Array): Slice[];
}

/** How frames are told apart. */
export interface SlicerOptions {
  readonly readHead: ReadHead<FrameHead>;
  /** What comes before the first frame, in bytes. Default: nothing. */
  readonly prefaceBytes?: number;
}

/** Makes the slicer of one connection. */
export function createSlicer({ readHead, prefaceBytes = 0 }: SlicerOptions): Slicer {
  const walk = createFrameWalk(readHead, prefaceBytes);
  return {
    cut(chunk) {
      const slices: Slice[] = [];
      let [from, cost, requests] = [0, 0, 0];
      const end = (at: number) => {
        if (at > from) slices.push({ bytes: chunk.subarray(from, at), requests });
        [from, cost, requests] = [at, 0, 0];
      };
      for (let at = 0; at < chunk.length; ) {
        const { at: next, head } = walk.hop(chunk, at);
        const own = head?.cost ?? 0;
        if (cost > 0 && cost + own > 1) end(at);
        cost += own;
        if (head?.isRequest) requests++;
        at = next;
      }
      end(chunk.length);
      return slices;
    },
  };
}
