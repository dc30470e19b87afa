import type { StreamClient } from "../../../actors/cri/container_image.ts";

/** The other end of a process's streams, which takes as much as a test lets it. */
export interface StreamRecorder extends StreamClient {
  /** What was written, by channel. */
  readonly text: { stdout: string; stderr: string };
  readonly tookBytes: () => number;
  readonly closed: () => { readonly exitCode?: number; readonly error?: string } | undefined;
  /** Room for so much more. */
  makeRoom(bytes: number): void;
}

/** A client with so much room. */
export function streamRecorder(roomBytes = Number.POSITIVE_INFINITY): StreamRecorder {
  let room = roomBytes;
  let took = 0;
  let closed: ReturnType<StreamRecorder["closed"]>;
  const text = { stdout: "", stderr: "" };
  return {
    text,
    tookBytes: () => took,
    closed: () => closed,
    makeRoom(bytes) {
      room += bytes;
    },
    room: () => room,
    write(channel, bytes) {
      room -= bytes.length;
      text[channel] += bytes;
    },
    took(bytes) {
      took += bytes;
    },
    close(end) {
      closed = end;
    },
  };
}
