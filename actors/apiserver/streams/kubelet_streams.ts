import type { Address, AskId, FailedEvent, Mail, ReplyEvent, Step } from "../../../runtime/mod.ts";
import type {
  StreamAnswer,
  StreamChannel,
  StreamClose,
  StreamMessage,
  StreamPurpose,
  StreamTaken,
} from "../../network/streams.ts";
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
  readonly outgoing: Outgoing;
  isOpen: boolean;
  isClosed: boolean;
  /** What overtook the answer to the opening. */
  readonly early: StreamMessage[];
}

/** All streams of a server to kubelets. */
export interface KubeletStreams {
  readonly byId: Map<number, KubeletStream>;
  readonly asks: Map<AskId, KubeletStream>;
  readonly guests: Guests;
}

/** How long a kubelet has to say whether a stream can be. */
const openTimeoutMs = 30_000;

/** Makes the register of a server without streams. */
export function createKubeletStreams(isWatched: (address: Address) => boolean): KubeletStreams {
  return { byId: new Map(), asks: new Map(), guests: createGuests(isWatched) };
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
  const stream: KubeletStream = {
    id: step.nextId(),
    kubelet,
    client,
    untilMs: step.uptimeMs + patienceMs,
    outgoing: createOutgoing(),
    isOpen: false,
    isClosed: false,
    early: [],
    lost: (later) => drop(streams, stream, later, { error: "the kubelet is gone" }),
  };
  streams.byId.set(stream.id, stream);
  const ask = step.ask(kubelet, { type: "stream.open", stream: stream.id, purpose } as StreamMessage, openTimeoutMs);
  streams.asks.set(ask, stream);
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
  if (!stream.isClosed && size > 0)
    step.send(stream.kubelet, { type: "stream.taken", stream: stream.id, size } as StreamTaken);
}

/** Ends a stream for both sides. */
export function closeStream(streams: KubeletStreams, stream: KubeletStream, step: Step): void {
  if (stream.isClosed) return;
  step.send(stream.kubelet, { type: "stream.close", stream: stream.id } as StreamClose);
  forget(streams, stream, step);
}

function pump({ isOpen, outgoing, id, kubelet }: KubeletStream, step: Step) {
  if (isOpen) sendWaiting(outgoing, id, (message) => step.send(kubelet, message));
}

/** Takes the answer to an opening; false when the reply is about something else. */
export function takeStreamAnswer(streams: KubeletStreams, { ask, body }: ReplyEvent, step: Step): boolean {
  const stream = streams.asks.get(ask);
  if (!stream) return false;
  streams.asks.delete(ask);
  const answer = body as StreamAnswer;
  if (stream.isClosed) return true;
  if (!answer.ok) {
    forget(streams, stream, step);
    stream.client.refused(answer, step);
    return true;
  }
  stream.isOpen = true;
  visitKubelet(streams.guests, stream.kubelet, stream, step);
  stream.client.opened(step);
  pump(stream, step);
  for (const message of stream.early.splice(0)) take(streams, stream, message, step);
  return true;
}

/** Takes an opening that got no answer; false when it is none of these. */
export function takeStreamFailure(streams: KubeletStreams, { ask, reason }: FailedEvent, step: Step): boolean {
  const stream = streams.asks.get(ask);
  if (!stream) return false;
  streams.asks.delete(ask);
  if (stream.isClosed) return true;
  // It may have been opened all the same.
  if (reason === "timeout") step.send(stream.kubelet, { type: "stream.close", stream: stream.id } as StreamClose);
  forget(streams, stream, step);
  stream.client.refused({ ok: false, failed: reason }, step);
  return true;
}

/** Takes what a kubelet says on a stream. */
export function takeStreamMessage(streams: KubeletStreams, { body, from }: Mail<StreamMessage>, step: Step): void {
  const stream = streams.byId.get(body.stream);
  if (!stream || stream.kubelet !== from) return;
  if (stream.isOpen) take(streams, stream, body, step);
  else stream.early.push(body);
}

function take(streams: KubeletStreams, stream: KubeletStream, message: StreamMessage, step: Step) {
  if (stream.isClosed) return;
  if (message.type === "stream.data") stream.client.data(message.channel, message.data, step);
  if (message.type === "stream.end") stream.client.ended(step);
  if (message.type === "stream.close") drop(streams, stream, step, message);
  if (message.type === "stream.taken") {
    settle(stream.outgoing, message.size, step);
    pump(stream, step);
  }
}

/** Ends the streams that take too long. */
export function expireStreams(streams: KubeletStreams, step: Step): void {
  for (const stream of [...streams.byId.values()]) {
    if (step.uptimeMs < stream.untilMs) continue;
    step.send(stream.kubelet, { type: "stream.close", stream: stream.id } as StreamClose);
    drop(streams, stream, step, { error: "the kubelet took too long" });
  }
}

/** Ends all streams: the server is about to. */
export function closeAllStreams(streams: KubeletStreams, step: Step): void {
  for (const stream of [...streams.byId.values()]) {
    step.send(stream.kubelet, { type: "stream.close", stream: stream.id } as StreamClose);
    drop(streams, stream, step, { error: "the API server is shutting down" });
  }
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
