import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { createFramesOut, type FramesOut } from "./frames_out.ts";
import { createGates } from "./gates.ts";
import { createLoopTurns } from "./loop_turns.ts";
import { createMessageMeter, type MessageMeter } from "./message_meter.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { socketUnderWayMax } from "./net_rules.ts";
import { createSharedBudget } from "./shared_budget.ts";
import { readWebSocketHead } from "./web_socket_heads.ts";

/** A request about a WebSocket, or one that is to become one. */
export type SocketRequest = Extract<NetRequest, { readonly op: "accept" | "switch" | "send" | "taken" | "close" }>;

/** A client that asks for a WebSocket. */
export interface Offer {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly response: ServerResponse;
}

/** The WebSockets of one device. */
export interface WebSockets {
  offer(exchange: number, offer: Offer): void;
  /** The client that offered is gone, or was answered. */
  forget(exchange: number): void;
  serve(request: SocketRequest): NetAnswer;
  size(): number;
  /** Ends them all, at once. */
  close(): void;
}

interface Open {
  readonly webSocket: WebSocket;
  readonly out: FramesOut;
  /** What has come of the message that is not whole. */
  readonly meter: MessageMeter;
  /** Bytes that were handed over and are not dealt with. */
  underWayBytes: number;
  /** How long the messages are that they came in; many short ones fill a mailbox as well. */
  readonly underWay: number[];
  /** What was read and waits for its turn, or for room: a paused socket still gives what it has read. */
  readonly held: Buffer[];
  heldBytes: number;
}

/** What Go's servers take in one message. */
const frameBytesMax = 32 * 1024 * 1024;
/** What all clients together may have sent that is not dealt with: messages, and what has come of those not whole. */
export const messagesBytesMax = 64 * 1024 * 1024;
/** The code that says to come back later (IANA's registry of close codes). */
const tryAgainLater = 1013;

/** Of so many parts a message may be. */
const fragmentsMax = 16 * 1024;

/** While so much waits for a client, its pings are not answered. */
const pongsBytesMax = 16 * 1024;

/** So many messages, at most, are handed over before some are dealt with. */
const framesUnderWayMax = 1_000;

/** Who has so many waiting for their turns is not read. */
const heldMax = 16;

/** Loaded on use, as the servers are. */
const load = createRequire(import.meta.url);
const ws = () => load("ws") as typeof import("ws");

/** Whether a request is about a WebSocket. */
export function isSocketRequest(request: NetRequest): request is SocketRequest {
  const { op } = request;
  return op === "accept" || op === "switch" || op === "send" || op === "taken" || op === "close";
}

/** An ordinary response on a connection that Node has given out of its hands, because its client wants to upgrade it. */
export function responseOnSocket(
  Response: typeof ServerResponse,
  request: IncomingMessage,
  socket: Duplex,
): ServerResponse {
  const response = new Response(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Parameters<typeof response.assignSocket>[0]);
  socket.on("error", () => {});
  socket.on("drain", () => response.emit("drain"));
  response.on("finish", () => socket.end());
  return response;
}

/** Makes the WebSocket side of a device; `push` tells its actor what comes. */
export function createWebSockets(push: (message: NetMessage) => void): WebSockets {
  const offers = new Map<number, Offer>();
  const open = new Map<number, Open>();
  /** Those that wait for their clients' farewell. */
  const closing = new Set<WebSocket>();
  const budget = createSharedBudget<Open>(messagesBytesMax, ({ webSocket }) => {
    webSocket.close(tryAgainLater, "too many messages are under way");
    // What has come stays with the connection for as long as that does.
    setImmediate(() => webSocket.terminate());
  });
  const gates = createGates({ readHead: readWebSocketHead });
  /** Those who have something to hand over: a message each time, whoever it is from. */
  const ready = createLoopTurns(handOver);

  function accept(exchange: number, subprotocol: string): NetAnswer {
    const offer = offers.get(exchange);
    if (!offer) return { ok: false, code: "ECONNRESET", message: `Cannot accept exchange ${exchange}: it is no offer` };
    offers.delete(exchange);
    const { request, socket: bare, head, response } = offer;
    response.detachSocket(bare as Parameters<typeof response.detachSocket>[0]);
    const server = new (ws().WebSocketServer)({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      skipUTF8Validation: true,
      maxPayload: frameBytesMax,
      maxFragments: fragmentsMax,
      // One message or ping each time around the event loop: a packet holds thousands, and others have requests.
      allowSynchronousEvents: false,
    });
    // Chosen already; and `ws` refuses names that are in use all the same, such as SPDY/3.1+portforward.k8s.io.
    delete request.headers["sec-websocket-protocol"];
    server.on("headers", (headers) => {
      if (subprotocol !== "") headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
    });
    let accepted: WebSocket | undefined;
    if (head.length > 0) bare.unshift(head);
    const socket = gates.enter(bare);
    server.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket) => {
      accepted = webSocket;
    });
    if (!accepted) {
      return { ok: false, code: "EPROTO", message: `Cannot accept exchange ${exchange}: its handshake is malformed` };
    }
    begin(exchange, accepted, socket);
    return { ok: true, bufferedBytes: 0 };
  }

  function begin(exchange: number, webSocket: WebSocket, socket: Duplex) {
    const out = createFramesOut(webSocket, socket, () => {
      if (open.get(exchange) === own) push({ type: "net.drained", exchange });
    });
    const own: Open = {
      webSocket,
      out,
      meter: createMessageMeter(),
      underWayBytes: 0,
      underWay: [],
      held: [],
      heldBytes: 0,
    };
    open.set(exchange, own);
    socket.on("data", (chunk: Buffer) => {
      own.meter.read(chunk);
      count(own);
    });
    webSocket.on("message", (data: Buffer) => {
      // An empty message says nothing.
      if (open.get(exchange) !== own || data.length === 0) return;
      own.held.push(data);
      own.heldBytes += data.length;
      queue(exchange, own);
    });
    // Who does not read what waits already gets no more answers: RFC 6455 (5.5.3) asks for one to the latest ping alone.
    webSocket.on("ping", (data: Buffer) => {
      if (webSocket.bufferedAmount < pongsBytesMax) webSocket.pong(data);
    });
    // What breaks the protocol closes the connection; that is all there is to know.
    webSocket.on("error", () => {});
    webSocket.on("close", () => {
      closing.delete(webSocket);
      budget.release(own);
      if (open.delete(exchange)) push({ type: "net.closed", exchange });
    });
  }

  /** Counts what a client makes this side hold. */
  function count(own: Open) {
    const { webSocket, meter, heldBytes, underWayBytes } = own;
    if (webSocket.readyState === webSocket.OPEN) budget.hold(own, meter.heldBytes() + heldBytes + underWayBytes);
  }

  /** Gives a client a turn when it has something to hand over and there is room; who sends more has to wait. */
  function queue(exchange: number, own: Open) {
    const { webSocket, held } = own;
    const isFull = isFilled(own);
    if (held.length > 0 && !isFull) ready.queue(exchange);
    if (isFull || held.length >= heldMax) webSocket.pause();
    else if (webSocket.isPaused && held.length === 0) webSocket.resume();
  }

  function handOver(exchange: number) {
    const own = open.get(exchange);
    const data = own?.held.shift();
    if (!own || !data) return;
    own.heldBytes -= data.length;
    own.underWayBytes += data.length;
    own.underWay.push(data.length);
    push({ type: "net.frame", exchange, data: data.toString("latin1") });
    count(own);
    queue(exchange, own);
  }

  function serve(request: SocketRequest): NetAnswer {
    const { exchange, op } = request;
    if (op === "accept") return accept(exchange, request.subprotocol);
    const own = open.get(exchange);
    if (!own || op === "switch")
      return { ok: false, code: "ECONNRESET", message: `Cannot ${op} exchange ${exchange}: its client is gone` };
    const { webSocket, out } = own;
    if (op === "send") out.send({ bytes: Buffer.from(request.data, "latin1"), isText: request.isText ?? false });
    else if (op === "taken") {
      settle(own, request.bytes);
      count(own);
      queue(exchange, own);
    } else {
      open.delete(exchange);
      closing.add(webSocket);
      out.close(request.code, request.reason);
      // The client's own farewell has to be read.
      webSocket.resume();
    }
    return { ok: true, bufferedBytes: out.bufferedBytes() };
  }

  return {
    offer: (exchange, offer) => void offers.set(exchange, offer),
    forget: (exchange) => void offers.delete(exchange),
    serve,
    size: () => open.size,
    close() {
      ready.close();
      gates.close();
      for (const { socket } of offers.values()) socket.destroy();
      for (const { webSocket } of open.values()) webSocket.terminate();
      for (const webSocket of closing) webSocket.terminate();
      offers.clear();
      open.clear();
    },
  };
}

function isFilled({ underWayBytes, underWay }: Open): boolean {
  return underWayBytes >= socketUnderWayMax || underWay.length >= framesUnderWayMax;
}

/** So many bytes are dealt with: by their sum it shows how many messages are. */
function settle(own: Open, bytes: number) {
  own.underWayBytes -= bytes;
  let left = own.underWay.reduce((sum, each) => sum + each, 0) - own.underWayBytes;
  while (left > 0 && (own.underWay[0] ?? Number.POSITIVE_INFINITY) <= left) left -= own.underWay.shift() ?? 0;
}
