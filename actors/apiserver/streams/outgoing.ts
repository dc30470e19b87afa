import type { Step } from "../../../runtime/mod.ts";
import type { Saying } from "../../network/stream_line.ts";
import { type StreamChannel, streamWindow } from "../../network/streams.ts";
import type { Taken } from "./client_side.ts";

interface Piece {
  readonly channel: StreamChannel;
  /** What is not sent yet. */
  data: string;
  /** Characters that the other side has to take yet. */
  left: number;
  readonly taken: Taken;
}

/** What one side of a stream writes: no more is under way than the other side has room for, the rest waits. */
export interface Outgoing {
  underWay: number;
  isEnding: boolean;
  isEndSaid: boolean;
  readonly waiting: Piece[];
  readonly sent: Piece[];
}

/** Nothing is written yet. */
export function createOutgoing(): Outgoing {
  return { underWay: 0, isEnding: false, isEndSaid: false, waiting: [], sent: [] };
}

/** Adds what is to be written; `taken` is called when the other side has taken all of it. */
export function addPiece(
  { waiting }: Outgoing,
  { channel, data, taken }: { channel: StreamChannel; data: string; taken: Taken },
): void {
  waiting.push({ channel, data, left: data.length, taken });
}

/** Sends what there is room for, and that it was all, once. */
export function sendWaiting(outgoing: Outgoing, send: (saying: Saying) => void): void {
  const { waiting, sent } = outgoing;
  for (let piece = waiting[0]; piece && outgoing.underWay < streamWindow; piece = waiting[0]) {
    const data = piece.data.slice(0, streamWindow - outgoing.underWay);
    piece.data = piece.data.slice(data.length);
    outgoing.underWay += data.length;
    send({ type: "stream.data", channel: piece.channel, data });
    if (sent.at(-1) !== piece) sent.push(piece);
    if (piece.data !== "") return;
    waiting.shift();
  }
  if (!outgoing.isEnding || outgoing.isEndSaid || waiting.length > 0) return;
  outgoing.isEndSaid = true;
  send({ type: "stream.end" });
}

/** The other side has taken so many characters. */
export function settle(outgoing: Outgoing, size: number, step: Step): void {
  const { sent } = outgoing;
  let rest = Math.min(size, outgoing.underWay);
  outgoing.underWay -= rest;
  for (let piece = sent[0]; piece && rest > 0; piece = sent[0]) {
    const part = Math.min(rest, piece.left);
    piece.left -= part;
    rest -= part;
    if (piece.left > 0) return;
    sent.shift();
    piece.taken(step);
  }
}

/** Nobody will take what is left; who wrote it need not wait. */
export function abandon({ waiting, sent }: Outgoing, step: Step): void {
  const left = new Set([...sent.splice(0), ...waiting.splice(0)]);
  for (const { taken } of left) taken(step);
}
