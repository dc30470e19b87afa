import type { Address, Step } from "../../../runtime/mod.ts";
import {
  type StreamAnswer,
  type StreamChannel,
  type StreamClose,
  type StreamData,
  streamWindow,
} from "../../network/streams.ts";
import type { PodRecord } from "../pod_record.ts";

/** A stream that stands: somebody reads logs, waits for a command, or talks to a port of a pod. */
export interface Stream {
  readonly from: Address;
  /** The opener's number for it. */
  readonly number: number;
  readonly pod: PodRecord;
  /** How many characters may be sent before the opener has taken more. */
  credit: number;
  /** What waits to be sent. */
  readonly queue: { readonly channel: StreamChannel; readonly text: string }[];
  /** How it is closed when all is sent. */
  closing: Omit<StreamClose, "type" | "stream"> | undefined;
  readonly handlers: StreamHandlers;
  /** It has been closed: what comes late for it is dropped. */
  isOver: boolean;
}

/** What one purpose of streams does when something happens. */
export interface StreamHandlers {
  /** All that waited has been sent. */
  drained?(step: Step): void;
  /** The opener has taken something; for streams that do not use the queue. */
  taken?(size: number, step: Step): void;
  data?(message: StreamData, step: Step): void;
  /** The opener writes no more. */
  ended?(step: Step): void;
  /** It is over: what it holds is let go of. */
  released?(step: Step, close: StreamClose | undefined): void;
}

/** All streams of a kubelet. */
export interface Streams {
  /** By opener and number. */
  readonly open: Map<string, Stream>;
  /** Who has been told to be watched: their streams end with them. */
  readonly watched: Set<Address>;
  /** Those that the machine carries on, by the number that the machine knows. */
  readonly carried: Map<number, Stream>;
  /** Who waits for more of what a container writes, by the container's id. */
  readonly followers: Map<string, Set<Follower>>;
}

/** Somebody who waits for what a container will write. */
export interface Follower {
  /** It has written, or, with `isOver`, will write no more. */
  wake(step: Step, isOver: boolean): void;
}

/** Why a stream cannot be had. */
export type Refusal = StreamAnswer & { readonly ok: false };

/** No streams yet. */
export function noStreams(): Streams {
  return { open: new Map(), watched: new Set(), carried: new Map(), followers: new Map() };
}

/** The name under which a stream is kept. */
export function streamKey(from: Address, number: number): string {
  return `${number} ${from}`;
}

/** A refusal as a Status has it. */
export function refusal(code: number, message: string): Refusal {
  const reasons: Readonly<Record<number, string>> = {
    400: "BadRequest",
    404: "NotFound",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
  };
  return { ok: false, code, reason: reasons[code] ?? "InternalError", message };
}

/** A stream that has just been opened. */
export function newStream(opened: Pick<Stream, "from" | "number" | "pod">, handlers: StreamHandlers): Stream {
  return { ...opened, credit: streamWindow, queue: [], closing: undefined, handlers, isOver: false };
}

/** Has a text sent as soon as the opener can take it. */
export function write(stream: Stream, step: Step, channel: StreamChannel, text: string): void {
  if (text === "" || stream.isOver) return;
  stream.queue.push({ channel, text });
  pump(stream, step);
}

/** Sends what waits, as much as may be under way. */
export function pump(stream: Stream, step: Step): void {
  for (let [next] = stream.queue; next && stream.credit > 0; [next] = stream.queue) {
    const size = pieceSize(next.text, stream.credit);
    if (size === 0) return;
    stream.credit -= size;
    const message: StreamData = {
      type: "stream.data",
      stream: stream.number,
      channel: next.channel,
      data: next.text.slice(0, size),
    };
    step.send(stream.from, message);
    if (size === next.text.length) stream.queue.shift();
    else stream.queue[0] = { channel: next.channel, text: next.text.slice(size) };
  }
}

/** A character that takes two units is not cut through. */
function pieceSize(text: string, credit: number): number {
  if (text.length <= credit) return text.length;
  const last = text.charCodeAt(credit - 1);
  return last >= 0xd800 && last <= 0xdbff ? credit - 1 : credit;
}
