import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { getHeapStatistics } from "node:v8";
import type { Bodies } from "./bodies.ts";
import {
  type Compressor,
  compress,
  compressedBytesMin,
  compressedHeaders,
  createCompressor,
  takesGzip,
} from "./compression.ts";
import { createDeadlines, type Deadlines } from "./deadlines.ts";
import type { DeviceContext } from "./device.ts";
import { breakOff, respondAtOnce, streamOf } from "./http2_door.ts";
import type { NetAnswer, NetMessage, NetRequest } from "./messages.ts";
import { createTurns, type Turns, turnCharsMax } from "./turns.ts";
import { endsConnection, endUnread, isBodyUnread } from "./unread_body.ts";

type Respond = NetRequest & { readonly op: "respond" };
type Write = NetRequest & { readonly op: "write" };

/** A request that is not answered, or whose answer goes on. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upgrade?: string;
  /** What is written are bytes, a character each. */
  encoding?: "latin1";
  /** What is written goes out compressed. */
  compressor?: Compressor;
}

/** Writes the answers of one device: short ones at once, long ones in turn, compressed where that is wanted. */
export interface Answering {
  /** An exchange has begun. */
  begin(own: Exchange): void;
  respond(own: Exchange, answer: Respond): NetAnswer;
  write(own: Exchange, request: Write): NetAnswer;
  /** Ends an answer that was written piece by piece. */
  end(own: Exchange): void;
  /** An exchange is over. */
  forget(own: Exchange): void;
  close(): void;
}

/** What answers belong to. */
export interface AnsweringOptions {
  readonly exchanges: Map<number, Exchange>;
  readonly bodies: Bodies;
  push(message: NetMessage): void;
}

/** How long a client may take to take an answer that has an end: the minute in which Kubernetes is done with a request. */
const answerMs = 60_000;
/** What of the heap may be answers that wait for their clients. */
const waitingShareMax = 1 / 8;
/** A character takes no more bytes than that. */
const maxBytesOfChar = 3;

/** What the answers of one device have in common. */
interface Parts extends AnsweringOptions {
  readonly context: DeviceContext;
  /** What has an end, and when that has to be. */
  readonly answers: Deadlines<ServerResponse>;
  readonly turns: Turns;
  /** The exchanges whose responses are written piece by piece. */
  readonly streams: WeakMap<ServerResponse, number>;
}

type Answer = Respond & { readonly isUnread: boolean };

/** Makes the answers of one device. */
export function createAnswering(context: DeviceContext, options: AnsweringOptions): Answering {
  const answers = createDeadlines<ServerResponse>(context, { withinMs: answerMs, late: breakOff });
  const turns = createTurns({
    uptimeMs: context.uptimeMs,
    waitingCharsMax: getHeapStatistics().heap_size_limit * waitingShareMax,
    drained: (response) => drained(parts, response),
  });
  const parts: Parts = { ...options, context, answers, turns, streams: new WeakMap() };
  return {
    begin({ response }) {
      response.on("drain", () => turns.goOn(response) || drained(parts, response));
    },
    respond: (own, answer) => respond(parts, own, answer),
    write: (own, request) => write(parts, own, request),
    end({ response, compressor }) {
      answers.begin(response);
      const finish = () => turns.finish(response, () => response.end());
      if (compressor) compressor.end(finish);
      else finish();
    },
    forget({ response, compressor }) {
      answers.end(response);
      turns.forget(response);
      compressor?.destroy();
    },
    close: () => turns.close(),
  };
}

/** A client has taken all that waited for it. */
function drained({ streams, exchanges, push }: Parts, response: ServerResponse) {
  const exchange = streams.get(response);
  if (exchange !== undefined && exchanges.has(exchange)) push({ type: "net.drained", exchange });
}

function respond(parts: Parts, own: Exchange, answer: Respond): NetAnswer {
  const { answers, bodies, exchanges } = parts;
  const { request, response, upgrade } = own;
  const { exchange, end } = answer;
  if (response.headersSent)
    return { ok: false, code: "EALREADY", message: `Cannot respond to exchange ${exchange}: it was responded to` };
  bodies.release(request);
  const isUnread = upgrade === undefined && isBodyUnread(request);
  const isLast = isUnread && !streamOf(request) && (endsConnection(request) || !end);
  const headers = isLast ? { ...answer.headers, Connection: "close" } : answer.headers;
  const mayCompress = answer.mayCompress === true && !isUnread && takesGzip(request);
  if (!end) return respondOpen(parts, own, { ...answer, headers, mayCompress, isUnread });
  const isLong = mayCompress && answer.body.length >= compressedBytesMin / maxBytesOfChar;
  const bytes = isLong ? Buffer.from(answer.body, answer.encoding) : undefined;
  if (!bytes || bytes.length <= compressedBytesMin) return respondWhole(parts, own, { ...answer, headers, isUnread });
  answers.begin(response);
  compress(bytes, (compressed) => {
    if (response.headersSent || !exchanges.has(exchange)) return;
    const body = compressed.toString("latin1");
    respondWhole(parts, own, {
      ...answer,
      headers: { ...headers, ...compressedHeaders },
      body,
      encoding: "latin1",
      isUnread,
    });
  });
  return { ok: true, bufferedBytes: bytes.length };
}

/** Begins a response that goes on. */
function respondOpen(parts: Parts, own: Exchange, answer: Answer): NetAnswer {
  const { turns, streams } = parts;
  const { request, response } = own;
  const { exchange, code, headers, body, encoding, mayCompress, isUnread } = answer;
  if (encoding) own.encoding = encoding;
  response.writeHead(code, { ...(headers as OutgoingHttpHeaders), ...(mayCompress ? compressedHeaders : {}) });
  response.flushHeaders();
  streams.set(response, exchange);
  if (mayCompress) {
    own.compressor = createCompressor(
      (bytes) => turns.write(response, bytes.toString("latin1"), "latin1"),
      () => drained(parts, response),
    );
  }
  if (body !== "") write(parts, own, { exchange, chunk: body });
  // A connection that is not read from would not show that its client is gone.
  if (isUnread) request.resume();
  return { ok: true, bufferedBytes: bufferedBytes(parts, own) };
}

function respondWhole(parts: Parts, own: Exchange, answer: Answer): NetAnswer {
  const { answers, turns, exchanges, context } = parts;
  const { request, response } = own;
  const { exchange, code, headers, body, encoding, isUnread } = answer;
  const hasBody = code !== 204 && code !== 304;
  const stream = request.method === "HEAD" ? undefined : streamOf(request);
  if (stream && hasBody && !isUnread && body.length <= turnCharsMax) {
    answers.begin(response);
    respondAtOnce(stream, { code, headers, body, encoding });
    return { ok: true, bufferedBytes: stream.writableLength };
  }
  const length = hasBody ? { "Content-Length": Buffer.byteLength(body, encoding) } : {};
  response.writeHead(code, { ...(headers as OutgoingHttpHeaders), ...length });
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
  return { ok: true, bufferedBytes: bufferedBytes(parts, own) };
}

function write(parts: Parts, own: Exchange, { exchange, chunk }: Pick<Write, "exchange" | "chunk">): NetAnswer {
  const { response, encoding, compressor } = own;
  if (!response.headersSent || response.writableEnded) {
    return { ok: false, code: "EPIPE", message: `Cannot write to exchange ${exchange}: its response is not open` };
  }
  if (compressor) compressor.write(chunk, encoding ?? "utf8");
  else parts.turns.write(response, chunk, encoding);
  return { ok: true, bufferedBytes: bufferedBytes(parts, own) };
}

function bufferedBytes({ turns }: Parts, { response, compressor }: Exchange): number {
  return response.writableLength + turns.waitingChars(response) + (compressor?.waitingBytes() ?? 0);
}
