import type { Address, Step } from "../../../runtime/mod.ts";
import { type Alarm, callOff } from "../../kit/alarms.ts";
import type { StreamPurpose } from "../../network/streams.ts";
import { type ClientSide, closeBroken, closeNormal, closeProtocolError } from "./client_side.ts";
import { type KubeletGuest, leaveKubelet, visitKubelet } from "./guests.ts";
import {
  closeStream,
  endStream,
  type Failure,
  type KubeletStream,
  type KubeletStreams,
  openStream,
  type Refusal,
  streamCreationMs,
  takeFrom,
  writeStream,
} from "./kubelet_streams.ts";
import {
  createSpdyWriter,
  dataFrame,
  pingFrame,
  resetFrame,
  resetReasons,
  type SpdyFrame,
  type SpdyHeaders,
} from "./spdy/frames.ts";
import { acceptSpdy } from "./spdy/session.ts";
import { bytesOf } from "./text_bytes.ts";

/** What port-forwards speak: SPDY in the messages of a WebSocket, or by itself. */
export const portForwardProtocols = ["SPDY/3.1+portforward.k8s.io"] as const;
export const spdyPortForwardProtocols = ["portforward.k8s.io"] as const;

/** A client that forwards ports of a pod. */
export interface PortForwardSession {
  readonly client: ClientSide;
  readonly protocol: string;
  readonly kubelet: Address;
  /** What a connection to a port is for. */
  purposeOf(port: number): StreamPurpose;
  /** Why a connection could not be made, or broke. */
  explain(port: number, cause: Refusal | Failure | string): string;
}

/** One forwarded connection: a SPDY stream for its bytes, and one for its error. */
interface Forwarded {
  readonly port: number;
  error: number | undefined;
  data: number | undefined;
  stream: KubeletStream | undefined;
  /** What came on the stream of bytes before there was one for errors. */
  readonly early: string[];
  isEarlyEnd: boolean;
  /** This side has said that it writes no more on the stream of bytes. */
  isDataEnded: boolean;
  /** Until when both streams are to be there. */
  patience: Alarm<Step> | undefined;
}

/** More connections than this at a time are refused. */
const forwardedMax = 1_000;
/** So many connections of one client are begun at once, and after that one each so often: each is work for its node. */
const [begunAtOnceMax, begunEachMs] = [100, 5];

/**
 * Leads the connections of a port-forward between a client that speaks SPDY and a kubelet.
 *
 * Source: KEP-4006 and Kubernetes' `portforward` protocol: for each connection a client opens two streams with one
 * `requestid`, one for errors and one for bytes.
 */
export function beginPortForward(streams: KubeletStreams, session: PortForwardSession, step: Step): void {
  const { client, protocol, kubelet } = session;
  const writer = createSpdyWriter();
  const byRequest = new Map<string, Forwarded>();
  const byStream = new Map<number, { readonly request: string; readonly forwarded: Forwarded }>();
  const guest: KubeletGuest = { lost: (later) => end(later, closeBroken, "the kubelet is gone") };
  const pace = createPace(step.uptimeMs);
  let isOver = false;
  const spdy = acceptSpdy(streams, { client, protocol, take, closed: (later) => forgetAll(later) }, step);
  visitKubelet(streams.guests, kubelet, guest, step);

  /** Gives how many bytes are under way to a kubelet now. */
  function take(frame: SpdyFrame, later: Step): number {
    if (isOver) return 0;
    if (frame.type === "synStream") begin(frame, later);
    if (frame.type === "data") return carry(frame, later);
    if (frame.type === "reset") reset(frame.id, later);
    // Those with even numbers would be answers to pings of ours.
    if (frame.type === "ping" && frame.id % 2 === 1) spdy.say(pingFrame(frame.id), later);
    if (frame.type === "goAway" && byRequest.size === 0) end(later, closeNormal, "");
    if (frame.type === "broken") end(later, closeProtocolError, frame.why);
    return 0;
  }

  function begin({ id, headers, fin }: SpdyFrame & { type: "synStream" }, later: Step) {
    const place = placeOf(headers);
    const request = headers.get("requestid") ?? "";
    if (id % 2 === 0 || byStream.has(id)) return spdy.say(resetFrame(id, resetReasons.protocolError), later);
    const isTooMuch = byRequest.size >= forwardedMax && !byRequest.has(request);
    const isFirst = !byRequest.has(request);
    const forwarded = place && !isTooMuch ? (byRequest.get(request) ?? newForwarded(place.port)) : undefined;
    if (!place || forwarded?.port !== place.port || forwarded[place.kind] !== undefined)
      return spdy.say(resetFrame(id, resetReasons.refusedStream), later);
    forwarded[place.kind] = id;
    byRequest.set(request, forwarded);
    byStream.set(id, { request, forwarded });
    if (isFirst)
      forwarded.patience = streams.owing.set(streamCreationMs, (when) => giveUp(forwarded, request, when), later);
    spdy.say(writer.reply(id), later);
    if (fin && place.kind === "data") forwarded.isEarlyEnd = true;
    if (forwarded.error === undefined || forwarded.data === undefined) return;
    callOff(forwarded.patience);
    const stream = open(forwarded, request, later);
    forwarded.stream = stream;
    if (!pace(later.uptimeMs)) spdy.rest();
    const early = forwarded.early.splice(0).join("");
    writeStream(stream, later, { channel: "data", data: early, taken: (when) => spdy.taken(early.length, when) });
    if (forwarded.isEarlyEnd) endStream(stream, later);
  }

  function open(forwarded: Forwarded, request: string, later: Step): KubeletStream {
    const { port } = forwarded;
    const opened: KubeletStream = openStream(streams, later, {
      kubelet,
      purpose: session.purposeOf(port),
      client: {
        opened: () => {},
        refused: (refused, when) => finish(forwarded, request, { why: session.explain(port, refused) }, when),
        data(_channel, data, when) {
          const id = forwarded.data ?? 0;
          if (forwarded.isDataEnded) takeFrom(opened, when, data.length);
          else spdy.send(dataFrame(id, data, false), when, (then) => takeFrom(opened, then, data.length));
        },
        ended: (when) => endData(forwarded, when),
        closed: ({ error }, when) =>
          finish(forwarded, request, error === undefined ? {} : { why: session.explain(port, error) }, when),
      },
    });
    return opened;
  }

  function carry({ id, data, fin }: SpdyFrame & { type: "data" }, later: Step): number {
    const forwarded = byStream.get(id)?.forwarded;
    // On the stream for errors a client says nothing, and bytes for nobody are late ones.
    if (!forwarded || forwarded.data !== id) return 0;
    const { stream } = forwarded;
    if (!stream) {
      // Ends without bytes count as nothing, so they must not be kept either.
      if (data !== "") forwarded.early.push(data);
      forwarded.isEarlyEnd ||= fin;
      return data.length;
    }
    if (data !== "")
      writeStream(stream, later, { channel: "data", data, taken: (when) => spdy.taken(data.length, when) });
    if (fin) endStream(stream, later);
    return data.length;
  }

  function reset(id: number, later: Step) {
    const found = byStream.get(id);
    if (!found || found.forwarded.data !== id) return void byStream.delete(id);
    const { request, forwarded } = found;
    forwarded.isDataEnded = true;
    if (forwarded.stream) closeStream(streams, forwarded.stream, later);
    finish(forwarded, request, {}, later);
  }

  /** Its second stream has not come. */
  function giveUp(forwarded: Forwarded, request: string, later: Step) {
    finish(forwarded, request, { why: `(request=${request}) timed out waiting for streams` }, later);
  }

  function endData(forwarded: Forwarded, later: Step) {
    if (forwarded.isDataEnded || forwarded.data === undefined) return;
    forwarded.isDataEnded = true;
    spdy.say(dataFrame(forwarded.data, "", true), later);
  }

  /** The connection is over: says why, if it broke, and ends both streams. */
  function finish(forwarded: Forwarded, request: string, { why = "" }: { why?: string }, later: Step) {
    if (!byRequest.delete(request)) return;
    callOff(forwarded.patience);
    dropEarly(forwarded, later);
    if (forwarded.error !== undefined) spdy.say(dataFrame(forwarded.error, bytesOf(why), true), later);
    endData(forwarded, later);
    for (const id of [forwarded.error, forwarded.data]) if (id !== undefined) byStream.delete(id);
  }

  /** What waited for the other stream is for nobody now: as long as it counts as under way there is less room for more. */
  function dropEarly({ early }: Forwarded, later: Step) {
    const { length } = early.splice(0).join("");
    if (length > 0) spdy.taken(length, later);
  }

  function forgetAll(later: Step) {
    isOver = true;
    spdy.stop();
    leaveKubelet(streams.guests, kubelet, guest, later);
    for (const forwarded of [...byRequest.values()]) {
      callOff(forwarded.patience);
      dropEarly(forwarded, later);
      if (forwarded.stream) closeStream(streams, forwarded.stream, later);
    }
    byRequest.clear();
    byStream.clear();
  }

  function end(later: Step, code: number, reason: string) {
    forgetAll(later);
    spdy.close(later, code, reason);
  }
}

/** Counts connections as they are begun; false when the next one has to wait. */
function createPace(nowMs: number): (nowMs: number) => boolean {
  /** When all are made up for that were begun. */
  let evenAtMs = nowMs;
  return (nowMs) => {
    evenAtMs = Math.max(nowMs, evenAtMs) + begunEachMs;
    return evenAtMs - nowMs < begunAtOnceMax * begunEachMs;
  };
}

function newForwarded(port: number): Forwarded {
  return {
    port,
    error: undefined,
    data: undefined,
    stream: undefined,
    early: [],
    isEarlyEnd: false,
    isDataEnded: false,
    patience: undefined,
  };
}

/** What a stream is for; undefined if its headers do not say it. */
function placeOf(headers: SpdyHeaders): { readonly kind: "error" | "data"; readonly port: number } | undefined {
  const [kind, text = ""] = [headers.get("streamtype"), headers.get("port")];
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if ((kind !== "error" && kind !== "data") || port < 1 || port > 65_535 || !headers.get("requestid")) return undefined;
  return { kind, port };
}
