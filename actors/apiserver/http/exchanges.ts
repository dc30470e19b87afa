import type { AskId, NetAnswer, Step } from "../../../runtime/mod.ts";

/** An HTTP request whose response is still open. */
export interface Exchange {
  /** The name of the watch that writes to it. */
  readonly sink: string;
  /** What the client has not taken yet: as the device last said, and what was written since. */
  waitingBytes: number;
  /** Whether the device has not yet said what waits after the last write. */
  isWriting: boolean;
}

/** The open responses, by the device's number. */
export interface Exchanges {
  readonly open: Map<number, Exchange>;
  /** Writes that the device has not confirmed: which exchange they are of. */
  readonly writes: Map<number, number>;
  /** Bodies that the device is asked for: what is done with them. */
  readonly reads: Map<AskId, (answer: NetAnswer, step: Step) => void>;
  /** The device request by which the server listens; 0 when it does not. */
  listening: number;
  /** The port that it listens on; 0 before. */
  port: number;
}

/** Makes an empty one. */
export function createExchanges(): Exchanges {
  return { open: new Map(), writes: new Map(), reads: new Map(), listening: 0, port: 0 };
}
