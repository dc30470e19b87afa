import { chunksUnderWayMax } from "../module_runner.ts";
import { arrayOf } from "./bytes.ts";

/** Where the chunks of a body go. */
export interface ChunkTarget {
  chunk(data: Uint8Array): void;
  end(): void;
  /** So many bytes were read by whom they were meant for. */
  taken(bytes: number): void;
}

/** Lets a body through to a module as fast as it reads. */
export interface ChunkGate {
  chunk(data: string): void;
  end(): void;
  /** The module has read a chunk. */
  taken(): void;
}

/** Makes a gate that has `chunksUnderWayMax` chunks on the way at most. */
export function chunkGate(target: ChunkTarget): ChunkGate {
  const waiting: string[] = [];
  const underWay: number[] = [];
  let isEnded = false;
  let isOver = false;
  const pass = () => {
    while (underWay.length < chunksUnderWayMax) {
      const data = waiting.shift();
      if (data === undefined) break;
      underWay.push(data.length);
      target.chunk(arrayOf(data));
    }
    if (!isEnded || isOver || waiting.length > 0) return;
    isOver = true;
    target.end();
  };
  return {
    chunk(data) {
      waiting.push(data);
      pass();
    },
    end() {
      isEnded = true;
      pass();
    },
    taken() {
      target.taken(underWay.shift() ?? 0);
      pass();
    },
  };
}
