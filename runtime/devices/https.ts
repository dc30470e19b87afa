import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { ServerOptions, Server as TlsServer } from "node:https";
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Message } from "../core/actor.ts";
import { createAnswering, type Exchange } from "./answering.ts";
import { createBodies } from "./bodies.ts";
import { createConnections } from "./connections.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import { type HeapRoom, watchHeapRoom } from "./heap_room.ts";
import {
  breakOff,
  connectionKeyOf,
  connectionOf,
  createHttp2Door,
  type Http2Door,
  headersOf,
  isWhole,
  streamOf,
} from "./http2_door.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { netNeeds, tooManyStatus } from "./net_rules.ts";
import { createPipelines } from "./pipelines.ts";
import { processUsage } from "./process_usage.ts";
import { createRawUpgrades, rawUpgrade } from "./raw_upgrades.ts";
import { isBodyUnread } from "./unread_body.ts";
import { createWebSockets, isSocketRequest, type Offer, responseOnSocket, type SocketRequest } from "./web_sockets.ts";

type Listen = NetRequest & { readonly op: "listen" };
type Usage = NetRequest & { readonly op: "usage" };
type Respond = NetRequest & { readonly op: "respond" };
type Read = NetRequest & { readonly op: "read" };
type Write = NetRequest & { readonly op: "write" };
type End = NetRequest & { readonly op: "end" | "abort" };
type Pushed = Extract<NetMessage, { type: "net.request" }>;
/** What a connection shows of its client. */
type ShownPeer = Pick<Pushed, "peer" | "isPeerRefused">;

/** More open exchanges than this are refused at the door: what an actor is pushed has no other bound. */
const exchangesMax = 10_000;
/** A command that is to be run is in the head of its request, and may have an argument as long as Linux lets it be. */
const headBytesMax = 256 * 1024;
const connectionLimits = { connectionsMax: exchangesMax, strangersMax: 1_000 } as const;
/** Over HTTP/2 a connection has many exchanges: those of all strangers leave room for the others. */
const strangersExchangesMax = 2_500;
/** Longer than clients keep idle connections, so that it is they who close them. */
const keepAliveMs = 120_000;
/** A connection on which nobody says anything is asked for a sign of life after so long, as Kubernetes' servers do. */
const livingOptions = { keepAlive: true, keepAliveInitialDelay: 180_000 } as const;
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

/** HTTP and HTTPS servers (HTTP/1.1, and over TLS HTTP/2) as a device: requests come as messages, responses go as requests to the device. */
export const https: DeviceDefinition = { name: "net", needs: netNeeds, open };

function open(context: DeviceContext): Device {
  const exchanges = new Map<number, Exchange>();
  const bodies = createBodies(context);
  const servers = new Set<Server>();
  /** All connections, those among them whose handshake is not over. */
  const sockets = new Set<Socket>();
  const doors = new Set<Http2Door>();
  /** The exchanges of those who have shown no certificate. */
  const strangers = new Set<number>();
  const peers = new WeakMap<object, ShownPeer>();
  const webSockets = createWebSockets(push);
  const rawUpgrades = createRawUpgrades(push);
  const pipelines = createPipelines();
  const answering = createAnswering(context, { exchanges, bodies, push });
  let exchangeIds = 0;
  let room: HeapRoom | undefined;

  function listen({ host, port, tls }: Listen, done: (answer: NetAnswer) => void) {
    let server: Server;
    try {
      server = tls
        ? tlsHttp().createServer({ ...tlsOptions(tls), maxHeaderSize: headBytesMax }, onRequest)
        : http().createServer({ ...livingOptions, maxHeaderSize: headBytesMax }, onRequest);
    } catch (error) {
      return done(failure(error));
    }
    if (tls) guard(server as TlsServer);
    else server.maxConnections = connectionLimits.connectionsMax;
    server.keepAliveTimeout = keepAliveMs;
    server.headersTimeout = headersMs;
    server.requestTimeout = requestMs;
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
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

  /** Where clients can show who they are, those who do not are held apart; HTTP/2 is for those who have agreed on it. */
  function guard(server: TlsServer) {
    const connections = createConnections(connectionLimits);
    const door = createHttp2Door(context, { request: onRequest, idleMs: keepAliveMs, requestMs });
    doors.add(door);
    const serveHttp1 = server.listeners("secureConnection") as ((socket: TLSSocket) => void)[];
    server.removeAllListeners("secureConnection");
    server.on("connection", (socket: Socket) => connections.arrived(socket));
    server.on("secureConnection", (socket: TLSSocket) => {
      if (socket.authorized) connections.known(socket);
      if (socket.alpnProtocol === "h2") return door.enter(socket);
      for (const listener of serveHttp1) listener.call(server, socket);
      readThroughStream(socket);
    });
  }

  /** What is not even begun costs nothing: a thread that died would lose all that it has begun. */
  function isFull(request: IncomingMessage): boolean {
    if (exchanges.size + webSockets.size() + rawUpgrades.size() >= exchangesMax || room?.isShort() === true)
      return true;
    return strangers.size >= strangersExchangesMax && isStranger(request);
  }

  function isStranger(request: IncomingMessage): boolean {
    return shownPeerOf(request).peer === undefined;
  }

  function onRequest(request: IncomingMessage, response: ServerResponse) {
    // By the time that its turn comes the body may be there.
    const hasBody = isBodyUnread(request);
    const take = () => {
      if (isFull(request)) return refuse(response);
      if (!hasBody) request.resume();
      begin({ request, response }, hasBody ? { hasBody } : {});
    };
    // Answers over HTTP/2 go out in any order.
    if (streamOf(request)) take();
    else pipelines.enter(request.socket, response, take);
  }

  /** A request to go on with another protocol: until that is accepted, it can be answered like any other. */
  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    // Whoever wants to speak something else from here on has to wait for the answers to what was said before.
    if (pipelines.isBusy(socket)) return void socket.destroy();
    const response = responseOnSocket(http().ServerResponse, request, socket);
    if (isFull(request)) return refuse(response);
    const upgrade = (request.headers.upgrade ?? "").toLowerCase();
    const exchange = begin({ request, response, upgrade }, { upgrade });
    const offer: Offer = { request, socket, head, response };
    if (upgrade === "websocket") webSockets.offer(exchange, offer);
    rawUpgrades.offer(exchange, offer);
  }

  function begin(own: Exchange, more: Pick<Pushed, "hasBody" | "upgrade">): number {
    const { request, response } = own;
    const exchange = ++exchangeIds;
    exchanges.set(exchange, own);
    if (isStranger(request)) strangers.add(exchange);
    answering.begin(own);
    response.on("close", () => {
      bodies.release(request);
      answering.forget(own);
      const wasOpen = exchanges.has(exchange);
      forget(exchange);
      if (wasOpen && !isWhole(response)) push({ type: "net.closed", exchange });
    });
    push({
      type: "net.request",
      exchange,
      method: request.method ?? "GET",
      url: request.url ?? "/",
      headers: headersOf(request),
      ...more,
      ...shownPeerOf(request),
    });
    return exchange;
  }

  /** Looked up once a connection. */
  function shownPeerOf(request: IncomingMessage): ShownPeer {
    const key = connectionKeyOf(request);
    let shown = peers.get(key);
    if (shown === undefined) {
      shown = readPeer(connectionOf(request));
      peers.set(key, shown);
    }
    return shown;
  }

  function push(message: NetMessage) {
    context.push(message as Message);
  }

  function serve(request: Exclude<NetRequest, Listen | Usage>, done: (answer: NetAnswer) => void) {
    const { exchange, op } = request;
    const own = exchanges.get(exchange);
    if (isSocketRequest(request)) return done(serveSocket(request));
    if (!own) {
      return done({ ok: false, code: "ECONNRESET", message: `Cannot ${op} exchange ${exchange}: its client is gone` });
    }
    try {
      if (request.op === "read") read(own, request, done);
      else done(serveResponse(own, request));
    } catch (error) {
      // A head that cannot be written is no answer: its client need not wait for one.
      if (op === "respond") giveUp(exchange, own);
      done(failure(error));
    }
  }

  function serveSocket(request: SocketRequest): NetAnswer {
    const { exchange, op } = request;
    const isBeginning = op === "accept" || op === "switch";
    const isRaw = isBeginning
      ? op === "switch" || exchanges.get(exchange)?.upgrade === rawUpgrade
      : rawUpgrades.has(exchange);
    const answer = (isRaw ? rawUpgrades : webSockets).serve(request);
    // From here on the exchange is a stream, and no response any more: that would not tell of its end.
    if (isBeginning) forget(exchange);
    return answer;
  }

  function forget(exchange: number) {
    webSockets.forget(exchange);
    rawUpgrades.forget(exchange);
    strangers.delete(exchange);
    exchanges.delete(exchange);
  }

  function giveUp(exchange: number, { response }: Exchange) {
    exchanges.delete(exchange);
    breakOff(response);
  }

  function read({ request, response }: Exchange, limits: Read, done: (answer: NetAnswer) => void) {
    const { expect, "content-length": length = 0 } = request.headers;
    if (expect !== undefined && Number(length) <= limits.bytesMax) response.writeContinue();
    bodies.read(request, limits, done);
  }

  function serveResponse(own: Exchange, request: Respond | Write | End): NetAnswer {
    if (request.op === "respond") return answering.respond(own, request);
    if (request.op === "write") return answering.write(own, request);
    if (request.op === "end") answering.end(own);
    else giveUp(request.exchange, own);
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
      for (const server of servers) server.close();
      servers.clear();
      // Whoever is still shaking hands would ask, and nobody would answer.
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      for (const door of doors) door.close();
      doors.clear();
      exchanges.clear();
      answering.close();
      webSockets.close();
      rawUpgrades.close();
    },
  };
}

/** How a server shakes hands: it asks for a certificate, but who has none is somebody as well. */
export function tlsOptions({ key, cert, clientCa }: NonNullable<Listen["tls"]>): ServerOptions {
  return {
    ...{ key, cert, ca: clientCa, requestCert: true, rejectUnauthorized: false, handshakeTimeout: handshakeMs },
    ...livingOptions,
    ALPNProtocols: ["h2", "http/1.1"],
  };
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
    ...(streamOf(response) ? {} : { Connection: "close" }),
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
