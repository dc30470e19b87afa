import type { StreamClient } from "../../../container_image.ts";
import type { OpenFile } from "./open_file.ts";
import type { WaitList } from "./process.ts";

/** Where those outside of a container write to its processes. */
export interface Input {
  /** What processes read from. */
  readonly file: OpenFile;
  /** How many bytes were taken. */
  write(bytes: string): number;
  /** Nothing more comes. */
  end(): void;
  /** Who wants to know that there is room again. */
  readonly feeders: Set<() => void>;
}

/** How much may wait to be read. */
export const inputBytesMax = 65_536;

/** Makes an input that passes on what is written as it is. */
export function inputPipe(wake: (list: WaitList) => void): Input {
  const readable: WaitList = new Set();
  const feeders = new Set<() => void>();
  let bytes = "";
  let isEnded = false;
  let hasReader = true;
  const tellFeeders = () => {
    for (const feed of [...feeders]) feed();
  };
  return {
    feeders,
    file: {
      ...{ holders: 0, canRead: true, canWrite: false, readable },
      read(bytesMax) {
        if (bytes === "") return isEnded ? "" : undefined;
        const piece = bytes.slice(0, bytesMax);
        bytes = bytes.slice(piece.length);
        if (bytes === "") tellFeeders();
        return piece;
      },
      write: () => ({ error: "EBADF" }),
      closed() {
        hasReader = false;
        tellFeeders();
      },
    },
    write(more) {
      // As it is lost that nobody reads.
      if (!hasReader || isEnded) return more.length;
      const taken = more.slice(0, inputBytesMax - bytes.length);
      bytes += taken;
      if (taken !== "") wake(readable);
      return taken.length;
    },
    end() {
      isEnded = true;
      wake(readable);
    },
  };
}

/** One who writes to an input, at the pace at which it is read. */
export interface Feeder {
  write(bytes: string): void;
  end(): void;
  /** What it has not written yet is lost. */
  leave(): void;
}

/** Lets a client write to an input; `ended` when it has no more and all of it was taken. */
export function feeder(input: Input, client: StreamClient, ended: () => void): Feeder {
  let waiting = "";
  let isEnding = false;
  const proceed = () => {
    if (waiting !== "") {
      const taken = input.write(waiting);
      waiting = waiting.slice(taken);
      if (taken > 0) client.took(taken);
    }
    if (!isEnding || waiting !== "") return;
    isEnding = false;
    ended();
  };
  input.feeders.add(proceed);
  return {
    write(bytes) {
      waiting += bytes;
      proceed();
    },
    end() {
      isEnding = true;
      proceed();
    },
    leave() {
      input.feeders.delete(proceed);
    },
  };
}
