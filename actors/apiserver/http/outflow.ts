import type { AskId, NetAnswer, NetRequest, SentHeaders, Step } from "../../../runtime/mod.ts";
import type { Asks } from "../../kit/asks.ts";
import { present } from "../../kit/present.ts";
import type {
  ClientSide,
  RawRequest,
  SocketHandler,
  SocketOut,
  Taken,
  TextHead,
  TextOut,
} from "../streams/client_side.ts";
import { type Marks, marksOf, openHttp } from "./respond.ts";

/** A response or WebSocket that goes on for as long as both sides like. */
interface Outflow {
  readonly exchange: number;
  readonly handler: SocketHandler;
  /** What a slow client has to take first. */
  readonly owed: Taken[];
  /** When a client that has not taken all is given up. */
  endsAtMs: number;
}

/** All of a server's. */
export interface Outflows {
  readonly open: Map<number, Outflow>;
  readonly asks: Asks<Step>;
}

/** What waits for a client before who writes to it waits too. More than any system's own high-water mark. */
const heldBytesMin = 128 * 1024;

/** Makes an empty one. */
export function createOutflows(asks: Asks<Step>): Outflows {
  return { open: new Map(), asks };
}

/** What of an HTTP request concerns streams. */
export interface StreamRequest extends Marks {
  readonly exchange: number;
  readonly raw: RawRequest;
  readonly upgrade: string;
}

/** The client's side of a request that came over HTTP. */
export function clientSide(outflows: Outflows, request: StreamRequest): ClientSide {
  const { exchange, raw, upgrade } = request;
  const { url, headers } = raw;
  const named = headers[upgrade === "websocket" ? "sec-websocket-protocol" : "x-stream-protocol-version"] ?? "";
  const protocols = named.split(",").map((each) => each.trim());
  return {
    upgrade,
    raw,
    protocols: protocols.filter((each) => each !== ""),
    parameters: (name) => new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "").getAll(name),
    openText: (step, closed, head = {}) => openText(outflows, step, { ...marksOf(request), exchange, closed, head }),
    accept: (step, protocol, handler) => accept(outflows, step, { exchange, protocol, handler }),
    whenGone(closed) {
      const waiting = begin(outflows, exchange, { frame: () => {}, closed });
      return () => void (isOpen(outflows, waiting) && outflows.open.delete(exchange));
    },
  };
}

interface TextOpening extends Marks {
  readonly exchange: number;
  readonly closed: (step: Step) => void;
  readonly head: TextHead;
}

function openText(outflows: Outflows, step: Step, opening: TextOpening): TextOut {
  const { exchange, closed, head } = opening;
  const { contentType = "text/plain", warnings, withinMs = Number.POSITIVE_INFINITY } = head;
  const { code, headers, isBinary, mayCompress } = head;
  const outflow = begin(outflows, exchange, { frame: () => {}, closed });
  outflow.endsAtMs = step.uptimeMs + withinMs;
  const more = present({ code, headers, warnings, isBinary, mayCompress });
  track(outflows, { outflow, ask: openHttp(step, { ...marksOf(opening), exchange, contentType, ...more }) });
  return {
    write: (text, later, taken) => put(outflows, outflow, later, { op: "write", exchange, chunk: text }, taken),
    end: (later) => finish(outflows, outflow, later, { op: "end", exchange }),
    abort: (later) => finish(outflows, outflow, later, { op: "abort", exchange }),
  };
}

function accept(
  outflows: Outflows,
  step: Step,
  { exchange, protocol, handler }: { exchange: number; protocol: string | SentHeaders; handler: SocketHandler },
): SocketOut {
  const outflow = begin(outflows, exchange, handler);
  const request: NetRequest =
    typeof protocol === "string"
      ? { op: "accept", exchange, subprotocol: protocol }
      : { op: "switch", exchange, headers: protocol };
  put(outflows, outflow, step, request);
  return {
    send: (data, later, taken) => put(outflows, outflow, later, { op: "send", exchange, data }, taken),
    sendText: (data, later, taken) =>
      put(outflows, outflow, later, { op: "send", exchange, data, isText: true }, taken),
    taken(bytes, later) {
      const request: NetRequest = { op: "taken", exchange, bytes };
      if (bytes > 0 && isOpen(outflows, outflow)) later.device("net", request);
    },
    close: (later, code, reason) => finish(outflows, outflow, later, { op: "close", exchange, code, reason }),
  };
}

function begin({ open }: Outflows, exchange: number, handler: SocketHandler): Outflow {
  const outflow: Outflow = { exchange, handler, owed: [], endsAtMs: Number.POSITIVE_INFINITY };
  open.set(exchange, outflow);
  return outflow;
}

function isOpen({ open }: Outflows, outflow: Outflow): boolean {
  return open.get(outflow.exchange) === outflow;
}

function put(outflows: Outflows, outflow: Outflow, step: Step, request: NetRequest, taken?: Taken) {
  if (isOpen(outflows, outflow)) track(outflows, { outflow, ask: step.device("net", request), taken });
}

/** Waits for the device's word on a write. */
function track(
  outflows: Outflows,
  { outflow, ask, taken }: { outflow: Outflow; ask: AskId; taken?: Taken | undefined },
) {
  outflows.asks.wait<NetAnswer>(ask, (answer, step) => {
    if (!isOpen(outflows, outflow)) return;
    if (!answer.ok || !answer.value.ok) takeGone(outflows, outflow.exchange, step);
    else if (taken && (answer.value.bufferedBytes ?? 0) >= heldBytesMin) outflow.owed.push(taken);
    else taken?.(step);
  });
}

function finish(outflows: Outflows, outflow: Outflow, step: Step, request: NetRequest) {
  if (!isOpen(outflows, outflow)) return;
  outflows.open.delete(outflow.exchange);
  step.device("net", request);
}

/** A slow client has taken what waited for it. */
export function takeDrained({ open }: Outflows, exchange: number, step: Step): void {
  for (const taken of open.get(exchange)?.owed.splice(0) ?? []) taken(step);
}

/** Gives up clients whose time is over; called every second or so. */
export function tickOutflows(outflows: Outflows, step: Step): void {
  for (const outflow of [...outflows.open.values()]) {
    if (step.uptimeMs < outflow.endsAtMs) continue;
    const { exchange } = outflow;
    finish(outflows, outflow, step, { op: "abort", exchange });
    outflow.handler.closed(step);
  }
}

/** A message has come on a WebSocket. */
export function takeFrame(
  { open }: Outflows,
  { exchange, data }: { exchange: number; data: string },
  step: Step,
): void {
  open.get(exchange)?.handler.frame(data, step);
}

/** A client is gone. */
export function takeGone({ open }: Outflows, exchange: number, step: Step): void {
  const outflow = open.get(exchange);
  if (!outflow) return;
  open.delete(exchange);
  outflow.handler.closed(step);
}
