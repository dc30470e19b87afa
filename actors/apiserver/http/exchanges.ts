import type { Step } from "../../../runtime/mod.ts";
import type { Asks } from "../../kit/asks.ts";

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
  readonly asks: Asks<Step>;
  /** The port that it listens on; 0 before. */
  port: number;
}

/** Makes an empty one. */
export function createExchanges(asks: Asks<Step>): Exchanges {
  return { open: new Map(), asks, port: 0 };
}
