import type { Address, Step } from "../../../runtime/mod.ts";
import { createEndedStreams, type EndedStreams } from "../../network/ended_streams.ts";
import { createLine, type Saying, type StreamLine, say, sayTaken } from "../../network/stream_line.ts";
import {
  type StreamAnswer,
  type StreamChannel,
  type StreamClose,
  type StreamData,
  streamWindow,
} from "../../network/streams.ts";
import type { PodRecord } from "../pod/pod_record.ts";

/** A stream that stands: somebody reads logs, waits for a command, or talks to a port of a pod. */
export interface Stream {
  readonly from: Address;
  /** The opener's number for it. */
  readonly number: number;
  readonly pod: PodRecord;
  readonly line: StreamLine;
  /** Answers the opening; undefined: that is done. */
  answer: ((step: Step, answer: StreamAnswer) => void) | undefined;
  /** How many characters may be sent before the opener has taken more. */
  credit: number;
  /** What waits to be sent. */
  readonly queue: { readonly channel: StreamChannel; readonly text: string }[];
  /** How it is closed when all is sent. */
  closing: Closing | undefined;
  readonly handlers: StreamHandlers;
  /** It has been closed: what comes late for it is dropped. */
  isOver: boolean;
}

/** How a stream ended. */
export type Closing = Pick<StreamClose, "exitCode" | "error">;

/** A stream that the computer carries on, and the line to the computer. */
export interface Carried {
  readonly stream: Stream;
  readonly line: StreamLine;
  /** The computer has answered. */
  isOpen: boolean;
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
  released?(step: Step, closing: Closing): void;
}

/** All streams of a kubelet. */
export interface Streams {
  /** By opener and number. */
  readonly open: Map<string, Stream>;
  /** Who has been told to be watched: their streams end with them. */
  readonly watched: Set<Address>;
  /** Those that the computer carries on, by the number that the computer knows. */
  readonly carried: Map<number, Carried>;
  readonly ended: EndedStreams;
  /** They will be looked after in a while. */
  isTended: boolean;
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
  return {
    ...{ open: new Map(), watched: new Set(), carried: new Map(), followers: new Map() },
    ...{ ended: createEndedStreams(), isTended: false },
  };
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

/** A stream that is being opened; it stands when the opening is answered. */
export function newStream(
  opened: Pick<Stream, "from" | "number" | "pod">,
  step: Step,
  handlers: StreamHandlers,
): Stream {
  const line = createLine(opened.number, step.uptimeMs);
  return {
    ...{ ...opened, line, answer: undefined, credit: streamWindow, queue: [] },
    ...{ closing: undefined, handlers, isOver: false },
  };
}

/** Says something to the opener. */
export function tell({ from, line }: Stream, step: Step, saying: Saying): void {
  step.send(from, say(line, saying, step.uptimeMs));
}

/** Tells the opener that so many characters more have been taken. */
export function tellTaken({ from, line }: Stream, step: Step, size: number): void {
  step.send(from, sayTaken(line, size));
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
    tell(stream, step, { type: "stream.data", channel: next.channel, data: next.text.slice(0, size) });
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
