import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ServerOptions } from "node:https";
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { getHeapStatistics } from "node:v8";
import type { Message } from "../core/actor.ts";
import { createBodies } from "./bodies.ts";
import { createConnections } from "./connections.ts";
import { createDeadlines } from "./deadlines.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import { type HeapRoom, watchHeapRoom } from "./heap_room.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { netNeeds, tooManyStatus } from "./net_rules.ts";
import { createPipelines } from "./pipelines.ts";
import { processUsage } from "./process_usage.ts";
import { createTurns, turnCharsMax } from "./turns.ts";
import { endsConnection, endUnread, isBodyUnread } from "./unread_body.ts";
import { createWebSockets, isSocketRequest, responseOnSocket } from "./web_sockets.ts";

type Listen = NetRequest & { readonly op: "listen" };
type Usage = NetRequest & { readonly op: "usage" };
type Respond = NetRequest & { readonly op: "respond" };
type Read = NetRequest & { readonly op: "read" };
type Write = NetRequest & { readonly op: "write" };
type End = NetRequest & { readonly op: "end" | "abort" };
type Pushed = Extract<NetMessage, { type: "net.request" }>;
/** What a connection shows of its client. */
type ShownPeer = Pick<Pushed, "peer" | "isPeerRefused">;

/** A request that is not answered, or whose answer goes on. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upgrade?: string;
  /** What is written are bytes, a character each. */
  encoding?: "latin1";
}

/** More open exchanges than this are refused at the door: what an actor is pushed has no other bound. */
const exchangesMax = 10_000;
/** Each has one exchange at a time, so that is how many of those strangers may have, too. */
const connectionLimits = { connectionsMax: exchangesMax, strangersMax: 1_000 } as const;
/** How long a client may take to take an answer that has an end: the minute in which Kubernetes is done with a request. */
const answerMs = 60_000;
/** What of the heap may be answers that wait for their clients. */
const waitingShareMax = 1 / 8;
/** Longer than clients keep idle connections, so that it is they who close them. */
const keepAliveMs = 120_000;
/** How long a client may take over its handshake, as Go's clients give their servers. */
const handshakeMs = 10_000;
/** How long the head of a request may take to come, as in Kubernetes. */
const headersMs = 32_000;
/**
 * How long a request may take to come with its body, whoever sends it and whether or not somebody reads it: a little more
 * than Kubernetes gives a request as a whole. An answer may take any time: a watch has no end.
 */
const requestMs = 65_000;

/** Loaded on use: a worker whose actors do not listen saves a megabyte and some milliseconds. */
const load = createRequire(import.meta.url);
const http = () => load("node:http") as typeof import("node:http");
const tlsHttp = () => load("node:https") as typeof import("node:https");

/** HTTP and HTTPS servers (HTTP/1.1) as a device: requests come as messages, responses go as requests to the device. */
export const https: DeviceDefinition = { name: "net", needs: netNeeds, open };

function open(context: DeviceContext): Device {
  const exchanges = new Map<number, Exchange>();
  const bodies = createBodies(context);
  const servers = new Set<Server>();
  const peers = new WeakMap<object, ShownPeer>();
  const webSockets = createWebSockets(push);
  const pipelines = createPipelines();
  const answers = createDeadlines<ServerResponse>(context, {
    withinMs: answerMs,
    late: (response) => void response.destroy(),
  });
  const turns = createTurns({
    uptimeMs: context.uptimeMs,
    waitingCharsMax: getHeapStatistics().heap_size_limit * waitingShareMax,
    drained,
  });
  /** The exchanges whose responses are written piece by piece. */
  const streams = new WeakMap<ServerResponse, number>();
  let exchangeIds = 0;
  let room: HeapRoom | undefined;

  function listen({ host, port, tls }: Listen, done: (answer: NetAnswer) => void) {
    let server: Server;
    try {
      server = tls ? tlsHttp().createServer(tlsOptions(tls), onRequest) : http().createServer(onRequest);
    } catch (error) {
      return done(failure(error));
    }
    if (tls) guard(server);
    else server.maxConnections = connectionLimits.connectionsMax;
    server.keepAliveTimeout = keepAliveMs;
    server.headersTimeout = headersMs;
    server.requestTimeout = requestMs;
    server.on("checkContinue", onRequest);
    server.on("upgrade", onUpgrade);
    server.once("error", (error) => {
      servers.delete(server);
      done(failure(error));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      done({ ok: true, port: typeof address === "object" && address ? address.port : port });
    });
    servers.add(server);
    room ??= watchHeapRoom();
  }

  /** Where clients can show who they are, those who do not are held apart. */
  function guard(server: Server) {
    const connections = createConnections(connectionLimits);
    server.on("connection", (socket: Socket) => connections.arrived(socket));
    server.on("secureConnection", (socket: TLSSocket) => {
      readThroughStream(socket);
      if (socket.authorized) connections.known(socket);
    });
  }

  /** What is not even begun costs nothing: a thread that died would lose all that it has begun. */
  function isFull(): boolean {
    return exchanges.size + webSockets.size() >= exchangesMax || room?.isShort() === true;
  }

  function onRequest(request: IncomingMessage, response: ServerResponse) {
    // By the time that its turn comes the body may be there.
    const hasBody = isBodyUnread(request);
    pipelines.enter(request.socket, response, () => {
      if (isFull()) return refuse(response);
      if (!hasBody) request.resume();
      begin({ request, response }, hasBody ? { hasBody } : {});
    });
  }

  /** A request to go on with another protocol: until that is accepted, it can be answered like any other. */
  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    // Whoever wants to speak something else from here on has to wait for the answers to what was said before.
    if (pipelines.isBusy(socket)) return void socket.destroy();
    const response = responseOnSocket(http().ServerResponse, request, socket);
    if (isFull()) return refuse(response);
    const upgrade = (request.headers.upgrade ?? "").toLowerCase();
    const exchange = begin({ request, response, upgrade }, { upgrade });
    if (upgrade === "websocket") webSockets.offer(exchange, { request, socket, head, response });
  }

  function begin(own: Exchange, more: Pick<Pushed, "hasBody" | "upgrade">): number {
    const { request, response } = own;
    const exchange = ++exchangeIds;
    exchanges.set(exchange, own);
    response.on("drain", () => turns.goOn(response) || drained(response));
    response.on("close", () => {
      webSockets.forget(exchange);
      bodies.release(request);
      answers.end(response);
      turns.forget(response);
      if (exchanges.delete(exchange) && !response.writableFinished) push({ type: "net.closed", exchange });
    });
    push({
      type: "net.request",
      exchange,
      method: request.method ?? "GET",
      url: request.url ?? "/",
      headers: request.headers as Record<string, string>,
      ...more,
      ...shownPeerOf(request.socket as TLSSocket),
    });
    return exchange;
  }

  /** A client has taken all that waited for it. */
  function drained(response: ServerResponse) {
    const exchange = streams.get(response);
    if (exchange !== undefined && exchanges.has(exchange)) push({ type: "net.drained", exchange });
  }

  /** Looked up once a connection. */
  function shownPeerOf(socket: TLSSocket): ShownPeer {
    let shown = peers.get(socket);
    if (shown === undefined) {
      shown = readPeer(socket);
      peers.set(socket, shown);
    }
    return shown;
  }

  function push(message: NetMessage) {
    context.push(message as Message);
  }

  function respond(own: Exchange, { exchange, code, headers, body, encoding, end }: Respond): NetAnswer {
    const { request, response, upgrade } = own;
    if (encoding) own.encoding = encoding;
    if (response.headersSent)
      return { ok: false, code: "EALREADY", message: `Cannot respond to exchange ${exchange}: it was responded to` };
    bodies.release(request);
    const isUnread = upgrade === undefined && isBodyUnread(request);
    const ending = isUnread && (endsConnection(request) || !end) ? { ...headers, Connection: "close" } : headers;
    if (!end) {
      response.writeHead(code, ending);
      response.flushHeaders();
      streams.set(response, exchange);
      if (body !== "") write(own, exchange, body);
      // A connection that is not read from would not show that its client is gone.
      if (isUnread) request.resume();
      return { ok: true, bufferedBytes: bufferedBytes(response) };
    }
    const hasBody = code !== 204 && code !== 304;
    response.writeHead(code, hasBody ? { ...ending, "Content-Length": Buffer.byteLength(body, encoding) } : ending);
    answers.begin(response);
    if (isUnread) {
      // Answered as far as its actor is concerned.
      exchanges.delete(exchange);
      response.flushHeaders();
    } else request.resume();
    if (!isUnread && (!hasBody || body.length <= turnCharsMax))
      response.end(hasBody ? body : undefined, encoding ?? "utf8");
    else {
      if (hasBody) turns.write(response, body, encoding);
      turns.finish(response, () => (isUnread ? endUnread(request, response, context.after) : response.end()));
    }
    return { ok: true, bufferedBytes: bufferedBytes(response) };
  }

  function write({ response, encoding }: Exchange, exchange: number, chunk: string): NetAnswer {
    if (!response.headersSent || response.writableEnded) {
      return { ok: false, code: "EPIPE", message: `Cannot write to exchange ${exchange}: its response is not open` };
    }
    turns.write(response, chunk, encoding);
    return { ok: true, bufferedBytes: bufferedBytes(response) };
  }

  function bufferedBytes(response: ServerResponse): number {
    return response.writableLength + turns.waitingChars(response);
  }

  function serve(request: Exclude<NetRequest, Listen | Usage>, done: (answer: NetAnswer) => void) {
    const { exchange, op } = request;
    const own = exchanges.get(exchange);
    if (isSocketRequest(request)) {
      // From here on the exchange is a WebSocket, and no response any more.
      if (request.op === "accept") exchanges.delete(exchange);
      return done(webSockets.serve(request));
    }
    if (!own) {
      return done({ ok: false, code: "ECONNRESET", message: `Cannot ${op} exchange ${exchange}: its client is gone` });
    }
    try {
      if (request.op === "read") read(own, request, done);
      else done(serveResponse(own, request));
    } catch (error) {
      done(failure(error));
    }
  }

  function read({ request, response }: Exchange, limits: Read, done: (answer: NetAnswer) => void) {
    const { expect, "content-length": length = 0 } = request.headers;
    if (expect !== undefined && Number(length) <= limits.bytesMax) response.writeContinue();
    bodies.read(request, limits, done);
  }

  function serveResponse(own: Exchange, request: Respond | Write | End): NetAnswer {
    const { response } = own;
    if (request.op === "respond") return respond(own, request);
    if (request.op === "write") return write(own, request.exchange, request.chunk);
    if (request.op === "end") {
      answers.begin(response);
      turns.finish(response, () => response.end());
    } else {
      exchanges.delete(request.exchange);
      response.destroy();
    }
    return { ok: true };
  }

  return {
    request(any, done) {
      const request = any as NetRequest;
      if (request.op === "listen") listen(request, done);
      else if (request.op === "usage") done({ ok: true, usage: processUsage() });
      else serve(request, done);
    },
    close() {
      room?.[Symbol.dispose]();
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      servers.clear();
      exchanges.clear();
      turns.close();
      webSockets.close();
    },
  };
}

/** How a server shakes hands: it asks for a certificate, but who has none is somebody as well. */
export function tlsOptions({ key, cert, clientCa }: NonNullable<Listen["tls"]>): ServerOptions {
  return { key, cert, ca: clientCa, requestCert: true, rejectUnauthorized: false, handshakeTimeout: handshakeMs };
}

/**
 * Node lets a connection's parser take what is decrypted straight from TLS, and stops that parser while an answer waits
 * to be written; but TLS goes on to hand over the records that it has read already, and a parser that is stopped takes
 * them for an error (HPE_PAUSED): the connection dies with all that was asked on it. Somebody who listens makes what is
 * decrypted go through the socket's own buffer, which keeps it until the parser goes on. How much may wait for a client
 * stays what it was, and so does that who does not take its answers is not read from.
 */
function readThroughStream(socket: TLSSocket) {
  socket.on("data", () => {});
}

function refuse(response: ServerResponse) {
  // What else the client sends is not wanted: the connection ends with the answer.
  response.writeHead(429, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(tooManyStatus),
    Connection: "close",
    "Retry-After": "1",
  });
  response.end(tooManyStatus);
}

/** The subject of a client certificate that the authority signed, or that there is one that it did not sign. */
function readPeer(socket: TLSSocket): ShownPeer {
  if (!socket.encrypted) return {};
  const { subject } = socket.getPeerCertificate() as unknown as {
    readonly subject?: { readonly CN?: string; readonly O?: string | string[] };
  };
  if (!socket.authorized) return subject === undefined ? {} : { isPeerRefused: true };
  return subject?.CN === undefined ? {} : { peer: { commonName: subject.CN, organizations: [subject.O ?? []].flat() } };
}

function failure(error: unknown): NetAnswer {
  const { code, message } = error as NodeJS.ErrnoException;
  return { ok: false, code: code ?? "EINVAL", message };
}
