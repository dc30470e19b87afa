import type { Address, FailedEvent, Mail, Step } from "../../../runtime/mod.ts";
import { type Alarms, createAlarms } from "../../kit/alarms.ts";
import type { Asks, Unanswered } from "../../kit/asks.ts";
import {
  answerToNobody,
  breakOff,
  createLine,
  type Heard,
  hear,
  lookAfter,
  type Saying,
  type StreamLine,
  say,
  sayTaken,
} from "../../network/stream_line.ts";
import type { StreamAnswer, StreamChannel, StreamClose, StreamMessage, StreamPurpose } from "../../network/streams.ts";
import type { Taken } from "./client_side.ts";
import { createGuests, type Guests, type KubeletGuest, leaveKubelet, visitKubelet } from "./guests.ts";
import { abandon, addPiece, createOutgoing, type Outgoing, sendWaiting, settle } from "./outgoing.ts";

/** Why a kubelet does not open a stream, or cannot be asked. */
export type Refusal = Extract<StreamAnswer, { readonly ok: false }>;

/** Who a stream is for: told of all that comes from the kubelet. */
export interface StreamClient {
  opened(step: Step): void;
  refused(refusal: Refusal | Failure, step: Step): void;
  /** Call `takeFrom` when it has gone on. */
  data(channel: StreamChannel, data: string, step: Step): void;
  /** The kubelet writes no more. */
  ended(step: Step): void;
  closed(end: Pick<StreamClose, "exitCode" | "error">, step: Step): void;
}

/** The kubelet did not answer: nobody is there, or it was too slow. */
export interface Failure {
  readonly ok: false;
  readonly failed: FailedEvent["reason"];
}

/** A stream to a kubelet. */
export interface KubeletStream extends KubeletGuest {
  readonly id: number;
  readonly kubelet: Address;
  readonly client: StreamClient;
  /** When patience ends. */
  readonly untilMs: number;
  readonly line: StreamLine;
  readonly outgoing: Outgoing;
  isOpen: boolean;
  isClosed: boolean;
}

/** All streams of a server to kubelets. */
export interface KubeletStreams {
  readonly byId: Map<number, KubeletStream>;
  readonly asks: Asks<Step>;
  readonly guests: Guests;
  /** What goes on when others have had their turn. */
  readonly waiting: ((step: Step) => void)[];
  /** What goes on after a rest. */
  readonly resting: ((step: Step) => void)[];
  /** Clients who owe something that they have to do in time. */
  readonly owing: Alarms<Step>;
}

/** The timer of what clients owe. */
export const owingTimer = "streams.owing";
/** Kubernetes' own: so long clients of SPDY have to open the streams that belong together. */
export const streamCreationMs = 30_000;

/** How long a kubelet has to say whether a stream can be. */
const openTimeoutMs = 30_000;

/** Makes the register of a server without streams. */
export function createKubeletStreams(asks: Asks<Step>, isWatched: (address: Address) => boolean): KubeletStreams {
  const owing = createAlarms<Step>((delayMs, step) => step.timer(owingTimer, delayMs));
  return { byId: new Map(), asks, guests: createGuests(isWatched), waiting: [], resting: [], owing };
}

/** The timer that lets those go on who gave others their turn. */
export const streamsTimer = "streams.goOn";

/** Goes on in a moment: what one client has sent may be more than others should wait for. */
export function inAMoment({ waiting }: KubeletStreams, step: Step, run: (step: Step) => void): void {
  if (waiting.push(run) === 1) step.timer(streamsTimer, 0);
}

/** Lets the one go on that has waited longest: whatever many have sent, a request waits for the turn of one. */
export function goOn({ waiting }: KubeletStreams, step: Step): void {
  waiting.shift()?.(step);
  if (waiting.length > 0) step.timer(streamsTimer, 0);
}

/** The timer that ends rests. */
export const restTimer = "streams.rested";
/** How long a rest is. */
export const restMs = 50;

/** Goes on after a rest: others, on other threads as well, have enough to do with what it did. */
export function afterARest({ resting }: KubeletStreams, step: Step, run: (step: Step) => void): void {
  if (resting.push(run) === 1) step.timer(restTimer, restMs);
}

/** Ends the rest of all. */
export function endRests(streams: KubeletStreams, step: Step): void {
  for (const run of streams.resting.splice(0)) inAMoment(streams, step, run);
}

/** What a stream is opened with. */
export interface StreamOptions {
  readonly kubelet: Address;
  readonly purpose: StreamPurpose;
  readonly client: StreamClient;
  /** How long it may take as a whole. Default: as long as both sides like. */
  readonly patienceMs?: number;
}

/** Asks a kubelet for a stream. What is written before it answers waits. */
export function openStream(
  streams: KubeletStreams,
  step: Step,
  { kubelet, purpose, client, patienceMs = Number.POSITIVE_INFINITY }: StreamOptions,
): KubeletStream {
  const id = step.nextId();
  const stream: KubeletStream = {
    id,
    kubelet,
    client,
    untilMs: step.uptimeMs + patienceMs,
    line: createLine(id, step.uptimeMs),
    outgoing: createOutgoing(),
    isOpen: false,
    isClosed: false,
    lost: (later) => drop(streams, stream, later, { error: "the kubelet is gone" }),
  };
  streams.byId.set(stream.id, stream);
  const ask = step.ask(kubelet, { type: "stream.open", stream: stream.id, purpose } as StreamMessage, openTimeoutMs);
  streams.asks.wait<StreamAnswer>(ask, (answer, later) => {
    if (answer.ok) takeAnswer(streams, { stream, answer: answer.value }, later);
    else takeFailure(streams, { stream, reason: answer.failure }, later);
  });
  return stream;
}

/** Writes to a kubelet; `taken` is called when it has taken all of it. */
export function writeStream(
  stream: KubeletStream,
  step: Step,
  { channel, data, taken }: { channel: StreamChannel; data: string; taken: Taken },
): void {
  if (stream.isClosed || stream.outgoing.isEnding || data === "") {
    taken(step);
    return;
  }
  addPiece(stream.outgoing, { channel, data, taken });
  pump(stream, step);
}

/** Nothing more is written to a kubelet. */
export function endStream(stream: KubeletStream, step: Step): void {
  if (stream.isClosed || stream.outgoing.isEnding) return;
  stream.outgoing.isEnding = true;
  pump(stream, step);
}

/** So many characters of the kubelet's are on their way to the client. */
export function takeFrom(stream: KubeletStream, step: Step, size: number): void {
  if (!stream.isClosed && size > 0) step.send(stream.kubelet, sayTaken(stream.line, size));
}

/** Ends a stream for both sides. */
export function closeStream(streams: KubeletStreams, stream: KubeletStream, step: Step): void {
  if (stream.isClosed) return;
  tell(stream, step, { type: "stream.close" });
  forget(streams, stream, step);
}

function tell({ kubelet, line }: KubeletStream, step: Step, saying: Saying) {
  step.send(kubelet, say(line, saying, step.uptimeMs));
}

function pump(stream: KubeletStream, step: Step) {
  if (stream.isOpen && !stream.isClosed) sendWaiting(stream.outgoing, (saying) => tell(stream, step, saying));
}

function takeAnswer(
  streams: KubeletStreams,
  { stream, answer }: { readonly stream: KubeletStream; readonly answer: StreamAnswer },
  step: Step,
) {
  if (stream.isClosed || stream.isOpen) return;
  if (answer.ok) return begin(streams, stream, step);
  forget(streams, stream, step);
  stream.client.refused(answer, step);
}

function begin(streams: KubeletStreams, stream: KubeletStream, step: Step) {
  stream.isOpen = true;
  stream.line.heardAtMs = step.uptimeMs;
  visitKubelet(streams.guests, stream.kubelet, stream, step);
  stream.client.opened(step);
  pump(stream, step);
}

function takeFailure(
  streams: KubeletStreams,
  { stream, reason }: { readonly stream: KubeletStream; readonly reason: Unanswered },
  step: Step,
) {
  if (stream.isClosed || stream.isOpen) return;
  // It may have been opened all the same.
  if (reason === "timeout") step.send(stream.kubelet, breakOff(stream.id, "nobody waits for it"));
  forget(streams, stream, step);
  stream.client.refused({ ok: false, failed: reason }, step);
}

/** Takes what a kubelet says on a stream. */
export function takeStreamMessage(streams: KubeletStreams, { body, from }: Mail<StreamMessage>, step: Step): void {
  const stream = streams.byId.get(body.stream);
  if (!stream || stream.kubelet !== from) {
    const answer = answerToNobody(body);
    if (answer) step.send(from, answer);
    return;
  }
  // The answer to the opening was overtaken by this, or is lost: a kubelet speaks on streams that stand only.
  if (!stream.isOpen) begin(streams, stream, step);
  for (const heard of hear(stream.line, body, step.uptimeMs)) take(streams, stream, heard, step);
}

function take(streams: KubeletStreams, stream: KubeletStream, heard: Heard, step: Step) {
  if (stream.isClosed) return;
  switch (heard.type) {
    case "stream.data":
      return stream.client.data(heard.channel, heard.data, step);
    case "stream.end":
      return stream.client.ended(step);
    case "stream.close":
      return drop(streams, stream, step, heard);
    case "broken":
      return giveUp(streams, stream, step, heard.error);
    case "taken":
      settle(stream.outgoing, heard.size, step);
      pump(stream, step);
  }
}

/** Looks after the streams: those that are broken or take too long are ended. */
export function tendStreams(streams: KubeletStreams, step: Step): void {
  for (const stream of [...streams.byId.values()]) {
    if (step.uptimeMs >= stream.untilMs) {
      giveUp(streams, stream, step, "the kubelet took too long");
      continue;
    }
    const due = stream.isOpen ? lookAfter(stream.line, step.uptimeMs) : undefined;
    if (due?.type === "broken") giveUp(streams, stream, step, due.error);
    else if (due) step.send(stream.kubelet, due);
  }
}

/** Ends all streams: the server is about to. */
export function closeAllStreams(streams: KubeletStreams, step: Step): void {
  for (const stream of [...streams.byId.values()]) giveUp(streams, stream, step, "the API server is shutting down");
}

/** Ends a stream for both sides at once, whatever is still under way. */
function giveUp(streams: KubeletStreams, stream: KubeletStream, step: Step, error: string) {
  step.send(stream.kubelet, breakOff(stream.id, error));
  drop(streams, stream, step, { error });
}

function drop(
  streams: KubeletStreams,
  stream: KubeletStream,
  step: Step,
  end: Pick<StreamClose, "exitCode" | "error">,
) {
  if (stream.isClosed) return;
  forget(streams, stream, step);
  stream.client.closed(end, step);
}

function forget(streams: KubeletStreams, stream: KubeletStream, step: Step) {
  stream.isClosed = true;
  streams.byId.delete(stream.id);
  leaveKubelet(streams.guests, stream.kubelet, stream, step);
  abandon(stream.outgoing, step);
}
