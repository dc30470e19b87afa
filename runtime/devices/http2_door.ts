import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  Http2SecureServer,
  Http2ServerRequest,
  Http2ServerResponse,
  Http2Session,
  ServerHttp2Session,
} from "node:http2";
import { createRequire } from "node:module";
import type { TLSSocket } from "node:tls";
import { createDeadlines } from "./deadlines.ts";
import type { DeviceContext } from "./device.ts";
import { createGates } from "./gates.ts";
import { http2PrefaceBytes, readHttp2Head } from "./http2_heads.ts";
import type { AnswerHeaders } from "./messages.ts";

/** Serves the connections whose clients have agreed on HTTP/2. */
export interface Http2Door {
  /** Takes a connection whose handshake is over. */
  enter(socket: TLSSocket): void;
  close(): void;
}

/** What becomes of what comes over HTTP/2. */
export interface Http2DoorOptions {
  /** A request, and its response, as if they had come over HTTP/1.1. */
  request(request: IncomingMessage, response: ServerResponse): void;
  /** How long a connection on which nothing is under way stays. */
  readonly idleMs: number;
  /** How long a request may take to come with its body. */
  readonly requestMs: number;
}

/** As many requests of one connection are under way at a time as in Kubernetes. */
const streamsMax = 100;
/** Who begins more than that at once does not keep to it. */
const atOnceMax = 2 * streamsMax;
/** What may be under way to a client that is slow, and the tables that belong to a connection, in megabytes. */
const sessionMegabytesMax = 64;
/** So much of a body comes before somebody reads it. */
const windowBytes = 256 * 1024;

/** Who gives up more requests than that within so long only wants to keep the server busy. */
const [givenUpMax, givenUpWithinMs] = [500, 10_000];

const load = createRequire(import.meta.url);

/**
 * Makes the door for HTTP/2. Frames, flow control and header limits are Node's business; what is left are those who begin
 * and do not go on, and those who make the server busy. All are behind gates: requests are begun one by one, in turn with
 * those of others, though a connection carries as many as a hundred of HTTP/1.1. All of strangers' are rationed, and others' floods.
 */
export function createHttp2Door(
  context: Pick<DeviceContext, "after" | "uptimeMs">,
  { request, idleMs, requestMs }: Http2DoorOptions,
): Http2Door {
  const http2 = load("node:http2") as typeof import("node:http2");
  /** Never listens: it is handed connections. */
  const server: Http2SecureServer = http2.createSecureServer({
    settings: { maxConcurrentStreams: streamsMax, initialWindowSize: windowBytes, enablePush: false },
    maxSessionMemory: sessionMegabytesMax,
  });
  const sessions = new Set<ServerHttp2Session>();
  const slices = { readHead: readHttp2Head, prefaceBytes: http2PrefaceBytes, requestsMax: atOnceMax } as const;
  const [knownGates, strangersGates] = [createGates({ ...slices, rationed: "floods" }), createGates(slices)];
  const mayBegin = createBegins();
  const openStreams = new WeakMap<object, number>();
  const givenUp = new WeakMap<object, { sinceMs: number; count: number }>();
  const unfinished = createDeadlines<Http2ServerRequest>(context, {
    withinMs: requestMs,
    late: ({ stream }) => stream.close(http2.constants.NGHTTP2_CANCEL),
  });

  /** A client has given up a request. */
  function countGivenUp(session: Http2Session) {
    const nowMs = context.uptimeMs();
    const known = givenUp.get(session);
    const own = known && nowMs - known.sinceMs < givenUpWithinMs ? known : { sinceMs: nowMs, count: 0 };
    own.count++;
    givenUp.set(session, own);
    if (own.count > givenUpMax) session.destroy();
  }

  function take(incoming: Http2ServerRequest, response: Http2ServerResponse) {
    const { stream } = incoming;
    const { session } = stream;
    if (!session || session.destroyed || !mayBegin(session)) return;
    openStreams.set(session, (openStreams.get(session) ?? 0) + 1);
    if (!stream.endAfterHeaders) {
      unfinished.begin(incoming);
      incoming.once("end", () => unfinished.end(incoming));
    }
    stream.once("close", () => {
      unfinished.end(incoming);
      openStreams.set(session, (openStreams.get(session) ?? 1) - 1);
      if (stream.rstCode === http2.constants.NGHTTP2_CANCEL) countGivenUp(session);
    });
    // Node's own layer makes of them what HTTP/1.1 has, as far as they are used here.
    request(incoming as unknown as IncomingMessage, response as unknown as ServerResponse);
  }

  server.on("request", take);
  server.on("checkContinue", take);
  let entering: TLSSocket | undefined;
  server.on("session", (session) => {
    sessions.add(session);
    if (entering) connections.set(session, entering);
    session.once("close", () => {
      sessions.delete(session);
      // Node's timers keep what is closed for as long as it could have been idle.
      connections.delete(session);
    });
    // A client that breaks the protocol has its connection ended; that is all that there is to say.
    session.on("error", () => session.destroy());
    session.setTimeout(idleMs, () => {
      if ((openStreams.get(session) ?? 0) === 0) session.close();
    });
  });

  return {
    enter(socket) {
      entering = socket;
      server.emit("secureConnection", (socket.authorized ? knownGates : strangersGates).enter(socket));
      entering = undefined;
    },
    close() {
      for (const gates of [knownGates, strangersGates]) gates.close();
      for (const session of sessions) session.destroy();
      sessions.clear();
    },
  };
}

/**
 * Counts what each connection asks in one turn of the loop. It cannot be answered in it: who asks for more than may be
 * under way gives up what was begun, and loses the connection. False from then on.
 */
function createBegins(): (session: Http2Session) => boolean {
  const asked = new Map<Http2Session, number>();
  return (session) => {
    if (asked.size === 0) setImmediate(() => asked.clear());
    const own = (asked.get(session) ?? 0) + 1;
    asked.set(session, own);
    if (own > atOnceMax) session.destroy();
    return !session.destroyed;
  };
}

/** A request and its answer over HTTP/2. */
export type Http2Stream = Http2ServerRequest["stream"];

type Maybe2 = { readonly stream?: Http2Stream };

/** The stream of a request or a response that goes over HTTP/2; undefined over HTTP/1.1. */
export function streamOf(message: IncomingMessage | ServerResponse): Http2Stream | undefined {
  return (message as Maybe2).stream;
}

/** The connections of sessions, which know only what is behind a gate. */
const connections = new WeakMap<Http2Session, TLSSocket>();

/** The connection that a request came on. */
export function connectionOf(request: IncomingMessage): TLSSocket {
  const session = streamOf(request)?.session;
  return (session && connections.get(session)) ?? (request.socket as TLSSocket);
}

/** What requests of one connection have in common and those of others have not. */
export function connectionKeyOf(request: IncomingMessage): object {
  return streamOf(request)?.session ?? request.socket;
}

/** Whether a response takes no more before its client has taken some. */
export function needsDrain(response: ServerResponse): boolean {
  return streamOf(response)?.writableNeedDrain ?? response.writableNeedDrain;
}

/** Whether a response that is over went out as a whole. */
export function isWhole(response: ServerResponse): boolean {
  const stream = streamOf(response);
  // Node ends a stream that its client has given up as if all had been written, and behind a gate one that is over before
  // it knows that all has been written.
  return stream ? stream.writableEnded && stream.rstCode === 0 : response.writableFinished;
}

/** Breaks a response, so that its client sees that it is not whole. */
export function breakOff(response: ServerResponse): void {
  const stream = streamOf(response);
  // The code of an internal error (RFC 9113, 7).
  if (stream) stream.close(2);
  else response.destroy();
}

/** The headers of a request, as HTTP/1.1 has them. */
export function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(", ") : value;
    if (name === ":authority") plain.host ??= text;
    else if (!name.startsWith(":")) plain[name] = text;
  }
  return plain;
}

/** A whole answer. */
export interface WholeAnswer {
  readonly code: number;
  readonly headers: AnswerHeaders;
  readonly body: string;
  readonly encoding: "latin1" | undefined;
}

/** Answers with all at once: Node then writes the body and its end as one frame. */
export function respondAtOnce(stream: Http2Stream, { code, headers, body, encoding }: WholeAnswer): void {
  const bytes = Buffer.from(body, encoding);
  stream.respond({ ":status": code, ...headers, "content-length": bytes.length });
  stream.end(bytes);
}
