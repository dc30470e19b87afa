import {
  type Credit,
  giveCredit,
  hearCredit,
  hearInOrder,
  hearProgress,
  isMissing,
  isSilent,
  nextNumber,
  noCredit,
  type PatientListening,
  patientListening,
  type Speaking,
  speaking,
} from "../kit/channel.ts";
import type { StreamAlive, StreamClose, StreamData, StreamEnd, StreamMessage, StreamTaken } from "./streams.ts";

/** One side's account of a stream with one other side: what it has said, heard and taken. */
export interface StreamLine extends Speaking, PatientListening<Numbered>, Credit {
  readonly stream: number;
  /** Nothing more is said or heard. */
  isOver: boolean;
}

type Numbered = StreamData | StreamEnd | StreamClose;
type Unnumbered<Each> = Each extends Numbered ? Omit<Each, "stream" | "sequence"> : never;

/** What a side says; the line numbers it. */
export type Saying = Unnumbered<Numbered>;

/** Characters that the other side has taken now. */
export interface NewlyTaken {
  readonly type: "taken";
  readonly size: number;
}

/** What the other side says is not whole any more, or it says nothing: the stream has to be broken off. */
export interface Broken {
  readonly type: "broken";
  readonly error: string;
}

/** What the other side said, each once and in its order. */
export type Heard = Numbered | NewlyTaken | Broken;

/** How often each side looks after its streams. */
export const streamTickMs = 5_000;
/** After so much silence a side shows that it lives. */
const quietMsMax = 5_000;
/** Who says nothing for so long is gone: what HTTP/2 gives a kubelet to answer a ping, and the idle time before it. */
const silentMsMax = 45_000;
/** What was overtaken may come for so long. */
const missingMsMax = 5_000;
/** More than this that overtook something is not kept. */
const earlyMax = 256;

const lost = "connection reset by peer";
const silent = "i/o timeout";
const nothing: readonly Heard[] = [];

/** A stream on which nothing was said yet. */
export function createLine(stream: number, nowMs: number): StreamLine {
  return { stream, isOver: false, ...speaking(nowMs), ...patientListening<Numbered>(nowMs), ...noCredit() };
}

/** What a side says, as it is sent. */
export function say(line: StreamLine, saying: Saying, nowMs: number): Numbered {
  if (saying.type === "stream.close") line.isOver = true;
  return { ...saying, stream: line.stream, sequence: nextNumber(line, nowMs) };
}

/** This side has taken so many characters more. */
export function sayTaken(line: StreamLine, size: number): StreamTaken {
  return { type: "stream.taken", stream: line.stream, total: giveCredit(line, size) };
}

/** Tells the other side that a stream is broken, or unknown here. */
export function breakOff(stream: number, error: string): StreamClose {
  return { type: "stream.close", stream, sequence: 0, error };
}

/** What to answer to a message on a stream that is not there; it may have been closed, and the close lost. */
export function answerToNobody({ type, stream }: StreamMessage): StreamClose | undefined {
  const isWaiting = type === "stream.data" || type === "stream.end" || type === "stream.alive";
  return isWaiting ? breakOff(stream, "stream is gone") : undefined;
}

/** Takes what came; gives what can be passed on now. Stop passing on when the stream is over. */
export function hear(line: StreamLine, message: StreamMessage, nowMs: number): readonly Heard[] {
  if (line.isOver || message.type === "stream.open") return nothing;
  line.heardAtMs = nowMs;
  switch (message.type) {
    case "stream.taken":
      return hearTaken(line, message.total);
    case "stream.alive":
      hearProgress(line, message.sequence, nowMs);
      return hearTaken(line, message.total);
    default:
      return hearNumbered(line, message, nowMs);
  }
}

function hearTaken(line: StreamLine, total: number): readonly Heard[] {
  const size = hearCredit(line, total);
  return size > 0 ? [{ type: "taken", size }] : nothing;
}

function hearNumbered(line: StreamLine, message: Numbered, nowMs: number): readonly Heard[] {
  const { sequence } = message;
  if (sequence === 0) return end(line, message);
  const heard = hearInOrder(line, { number: sequence, message }, nowMs);
  if (line.early.size > earlyMax) return end(line, { type: "broken", error: lost });
  if (heard.at(-1)?.type === "stream.close") line.isOver = true;
  return heard;
}

function end(line: StreamLine, last: StreamClose | StreamData | StreamEnd | Broken): readonly Heard[] {
  line.isOver = true;
  return [last];
}

/** Looks after a stream that stands, every `streamTickMs`: what is to be said, or that it is broken. */
export function lookAfter(line: StreamLine, nowMs: number): StreamAlive | Broken | undefined {
  const { stream, said, takenHere } = line;
  if (line.isOver) return undefined;
  if (isMissing(line, missingMsMax, nowMs)) return { type: "broken", error: lost };
  if (isSilent(line, silentMsMax, nowMs)) return { type: "broken", error: silent };
  if (nowMs - line.saidAtMs < quietMsMax) return undefined;
  line.saidAtMs = nowMs;
  return { type: "stream.alive", stream, sequence: said, total: takenHere };
}
