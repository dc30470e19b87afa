import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Message } from "../actor.ts";
import type { Device, DeviceContext, DeviceDefinition } from "./device.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { bodyEncodingOf, netNeeds, refusalStatus } from "./net_rules.ts";
import { createWebSockets, isSocketRequest, responseOnSocket } from "./web_sockets.ts";

type Listen = NetRequest & { readonly op: "listen" };
type Respond = NetRequest & { readonly op: "respond" };
type Body = Pick<Extract<NetMessage, { type: "net.request" }>, "body" | "bodyEncoding" | "upgrade">;
/** What a connection shows of its client. */
type ShownPeer = Pick<Extract<NetMessage, { type: "net.request" }>, "peer" | "isPeerRefused">;

const bodyBytesMax = 3 * 1024 * 1024;
/** More open exchanges than this are refused at the door: what an actor is pushed has no other bound. */
const exchangesMax = 10_000;
/** Longer than clients keep idle connections, so that it is they who close them. */
const keepAliveMs = 120_000;

/** Loaded on use: a worker whose actors do not listen saves a megabyte and some milliseconds. */
const load = createRequire(import.meta.url);
const http = () => load("node:http") as typeof import("node:http");
const tlsHttp = () => load("node:https") as typeof import("node:https");

/** HTTP and HTTPS servers (HTTP/1.1) as a device: requests come as messages, responses go as requests to the device. */
export const https: DeviceDefinition = { name: "net", needs: netNeeds, open };

function open(context: DeviceContext): Device {
  const exchanges = new Map<number, ServerResponse>();
  const servers = new Set<Server>();
  const peers = new WeakMap<object, ShownPeer>();
  const webSockets = createWebSockets(push);
  let exchangeIds = 0;

  function listen({ host, port, tls }: Listen, done: (answer: NetAnswer) => void) {
    let server: Server;
    try {
      server = tls
        ? tlsHttp().createServer(
            { key: tls.key, cert: tls.cert, ca: tls.clientCa, requestCert: true, rejectUnauthorized: false },
            onRequest,
          )
        : http().createServer(onRequest);
    } catch (error) {
      return done(failure(error));
    }
    if (tls) server.on("secureConnection", readThroughStream);
    server.keepAliveTimeout = keepAliveMs;
    // A watch has no end; what takes long to arrive is bounded by the headers' own limit.
    server.requestTimeout = 0;
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
  }

  function onRequest(request: IncomingMessage, response: ServerResponse) {
    if (exchanges.size + webSockets.size() >= exchangesMax) return refuse(request, response, 429);
    const { headers } = request;
    if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) {
      request.resume();
      return begin(request, response, { body: "" });
    }
    if (Number(headers["content-length"] ?? 0) > bodyBytesMax) return refuse(request, response, 413);
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyBytesMax) chunks.push(chunk);
      else if (!response.headersSent) refuse(request, response, 413);
    });
    request.on("end", () => {
      if (size > bodyBytesMax) return;
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const encoding = bodyEncodingOf(headers["content-type"]);
      begin(request, response, {
        body: bytes.toString(encoding ?? "utf8"),
        ...(encoding ? { bodyEncoding: encoding } : {}),
      });
    });
  }

  /** A request to go on with another protocol: until that is accepted, it can be answered like any other. */
  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const response = responseOnSocket(http().ServerResponse, request, socket);
    if (exchanges.size + webSockets.size() >= exchangesMax) return refuse(request, response, 429);
    const upgrade = (request.headers.upgrade ?? "").toLowerCase();
    const exchange = begin(request, response, { body: "", upgrade });
    if (upgrade === "websocket") webSockets.offer(exchange, { request, socket, head, response });
  }

  function begin(request: IncomingMessage, response: ServerResponse, body: Body): number {
    const exchange = ++exchangeIds;
    exchanges.set(exchange, response);
    response.on("close", () => {
      webSockets.forget(exchange);
      if (exchanges.delete(exchange) && !response.writableFinished) push({ type: "net.closed", exchange });
    });
    push({
      type: "net.request",
      exchange,
      method: request.method ?? "GET",
      url: request.url ?? "/",
      headers: request.headers as Record<string, string>,
      ...body,
      ...shownPeerOf(request.socket as TLSSocket),
    });
    return exchange;
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

  function respond(response: ServerResponse, { exchange, code, headers, body, end }: Respond): NetAnswer {
    if (response.headersSent)
      return { ok: false, code: "EALREADY", message: `Cannot respond to exchange ${exchange}: it was responded to` };
    if (!end) {
      response.writeHead(code, headers);
      response.flushHeaders();
      if (body !== "") write(response, exchange, body);
      response.on("drain", () => exchanges.has(exchange) && push({ type: "net.drained", exchange }));
      return { ok: true, bufferedBytes: response.writableLength };
    }
    const hasBody = code !== 204 && code !== 304;
    response.writeHead(code, hasBody ? { ...headers, "Content-Length": Buffer.byteLength(body) } : headers);
    response.end(hasBody ? body : undefined);
    return { ok: true, bufferedBytes: response.writableLength };
  }

  function write(response: ServerResponse, exchange: number, chunk: string): NetAnswer {
    if (!response.headersSent || response.writableEnded) {
      return { ok: false, code: "EPIPE", message: `Cannot write to exchange ${exchange}: its response is not open` };
    }
    response.write(chunk);
    return { ok: true, bufferedBytes: response.writableLength };
  }

  function serve(request: Exclude<NetRequest, Listen>): NetAnswer {
    const { exchange } = request;
    const response = exchanges.get(exchange);
    if (isSocketRequest(request)) {
      // From here on the exchange is a WebSocket, and no response any more.
      if (request.op === "accept") exchanges.delete(exchange);
      return webSockets.serve(request);
    }
    if (!response)
      return {
        ok: false,
        code: "ECONNRESET",
        message: `Cannot ${request.op} exchange ${exchange}: its client is gone`,
      };
    try {
      if (request.op === "respond") return respond(response, request);
      if (request.op === "write") return write(response, exchange, request.chunk);
      if (request.op === "end") response.end();
      else {
        exchanges.delete(exchange);
        response.destroy();
      }
      return { ok: true };
    } catch (error) {
      return failure(error);
    }
  }

  return {
    request(any, done) {
      const request = any as NetRequest;
      if (request.op === "listen") listen(request, done);
      else done(serve(request));
    },
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      servers.clear();
      exchanges.clear();
      webSockets.close();
    },
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

function refuse(request: IncomingMessage, response: ServerResponse, code: 413 | 429) {
  const body = refusalStatus(code);
  // What else the client sends is not wanted: the connection ends with the answer.
  response.writeHead(code, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
    ...(code === 429 ? { "Retry-After": "1" } : {}),
  });
  response.end(body);
  request.resume();
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
