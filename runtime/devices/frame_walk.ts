/** What the head of a frame says. */
export interface FrameHead {
  /** What follows it, in bytes. */
  readonly bodyBytes: number;
  /** What it takes to deal with the frame, in parts of a turn. */
  readonly cost: number;
  /** It begins a request. Default false. */
  readonly isRequest?: boolean;
}

/** Reads the head of a frame from its first bytes; undefined while more of them have to come. */
export type ReadHead<Head extends FrameHead> = (bytes: Uint8Array, size: number) => Head | undefined;

/** One step on the way through frames. */
export interface Hop<Head extends FrameHead> {
  /** Where it ends: before the next head, or with what has come. */
  readonly at: number;
  /** The frame whose head was read on the way; undefined where it was read before, or more of it has to come. */
  readonly head: Head | undefined;
  /** So much of the frame's body has come with it. */
  readonly bodyBytes: number;
  /** The frame is whole. */
  readonly isEnd: boolean;
}

/** Goes through the frames of one connection, which come in chunks cut anywhere. */
export interface FrameWalk<Head extends FrameHead> {
  /** To the end of the frame that begins or goes on here. */
  hop(chunk: Uint8Array, from: number): Hop<Head>;
}

/** No protocol here has a longer head: a WebSocket's with eight bytes of length and four of mask. */
const headBytesMax = 14;

/**
 * Makes the walk through what comes on one connection. It looks at heads only: to hop over a frame is nothing beside
 * dealing with it.
 *
 * @param prefaceBytes What comes before the first frame.
 */
export function createFrameWalk<Head extends FrameHead>(
  readHead: ReadHead<Head>,
  prefaceBytes: number,
): FrameWalk<Head> {
  const bytes = new Uint8Array(headBytesMax);
  let size = 0;
  /** What is yet to come of the body. */
  let leftBytes = prefaceBytes;

  function body(chunk: Uint8Array, from: number, head: Head | undefined): Hop<Head> {
    const bodyBytes = Math.min(leftBytes, chunk.length - from);
    leftBytes -= bodyBytes;
    return { at: from + bodyBytes, head, bodyBytes, isEnd: leftBytes === 0 };
  }

  return {
    hop(chunk, from) {
      if (leftBytes > 0) return body(chunk, from, undefined);
      for (let at = from; at < chunk.length; ) {
        bytes[size++] = chunk[at++] ?? 0;
        const head = readHead(bytes, size);
        if (!head) continue;
        size = 0;
        leftBytes = head.bodyBytes;
        return body(chunk, at, head);
      }
      return { at: chunk.length, head: undefined, bodyBytes: 0, isEnd: false };
    },
  };
}
