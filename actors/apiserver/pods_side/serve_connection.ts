import type { NetAnswer, NetMessage, NetRequest } from "../../../runtime/mod.ts";
import { bytesOfText, textOfBytes } from "../../network/http/byte_text.ts";
import { type HttpHeader, type HttpRequestHead, headerPairs } from "../../network/http/http_message.ts";
import { type HttpServer, httpServer } from "../../network/http/http_server.ts";
import { helloText, readHello } from "../../network/tls/hello.ts";

/** The server's end of a connection of a pod. */
export interface Wire {
  write(data: string, isLast: boolean): void;
  take(bytes: number): void;
  reset(): void;
}

/** What serving a connection needs. */
export interface ServeOptions {
  readonly wire: Wire;
  /** What the server shows of itself. */
  readonly cert: string;
  push(message: NetMessage): void;
  after(delayMs: number, body: () => void): void;
  /** The number of the next exchange; `answer` takes what is asked about it, until `close`. */
  begin(served: ServedConnection): number;
  close(exchange: number): void;
}

/** What is asked about an exchange. */
export type ExchangeRequest = Extract<NetRequest, { readonly exchange: number }>;

/** A connection that is served: bytes in, requests out, as the `net` device tells them. */
export interface ServedConnection {
  receive(data: string, isLast: boolean): void;
  /** The client has taken so many bytes. */
  taken(bytes: number): void;
  broken(): void;
  answer(request: ExchangeRequest, done: (answer: NetAnswer) => void): void;
}

interface Current {
  readonly exchange: number;
  body: string;
  isWhole: boolean;
  isOpen: boolean;
  isBinary: boolean;
  reader: { readonly bytesMax: number; readonly done: (answer: NetAnswer) => void } | undefined;
}

/** What waits for a client before it is told that it has drained: as for clients outside. */
const heldBytesMin = 128 * 1024;
/** No request's body is longer. */
const bodyBytesMax = 4 * 1024 * 1024;
/** As Go's server answers who takes it for another sort. */
const plainAnswer = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/** Serves HTTPS over a connection of the cluster's network. */
export function serveConnection({ wire, cert, push, after, begin, close }: ServeOptions): ServedConnection {
  let greeting: string | undefined = "";
  let http: HttpServer | undefined;
  let current: Current | undefined;
  let waitingBytes = 0;

  const write = (data: string, isLast: boolean) => {
    waitingBytes += data.length;
    wire.write(data, isLast);
  };
  const leave = () => {
    const gone = current;
    current = undefined;
    if (!gone) return;
    close(gone.exchange);
    gone.reader?.done(refusal("ECONNRESET"));
    push({ type: "net.closed", exchange: gone.exchange });
  };
  const deliver = () => {
    if (!current?.reader) return;
    const { reader, body, isWhole } = current;
    if (!isWhole && body.length <= reader.bytesMax) return;
    current.reader = undefined;
    reader.done(body.length > reader.bytesMax ? refusal("EMSGSIZE") : { ok: true, body: textOfBytes(body) });
  };

  function greet(data: string) {
    greeting += data;
    const read = readHello(greeting ?? "");
    if (read.kind === "part") return;
    const rest = (greeting ?? "").slice(read.kind === "hello" ? read.size : 0);
    wire.take((greeting ?? "").length - rest.length);
    greeting = undefined;
    if (read.kind === "other") return wire.write(plainAnswer, true);
    wire.write(helloText({ certificates: cert }), false);
    http = httpServer({
      request: ask,
      chunk(piece) {
        wire.take(piece.length);
        if (!current || current.body.length > bodyBytesMax) return;
        current.body += piece;
        deliver();
      },
      end() {
        if (current) current.isWhole = true;
        deliver();
      },
      aborted: leave,
      // Who writes no more may still read; of a response that goes on, nobody says whether somebody does.
      gone() {
        if (!current?.isOpen) return;
        leave();
        wire.reset();
      },
      write,
      broken() {
        leave();
        wire.reset();
      },
      used: (bytes) => wire.take(bytes),
    });
    if (rest !== "") http.receive(rest);
  }

  function ask({ method, url, headers, hasBody }: HttpRequestHead) {
    const exchange = begin(served);
    current = { exchange, body: "", isWhole: !hasBody, isOpen: false, isBinary: false, reader: undefined };
    const path = url.replace(/^https?:\/\/[^/]*/i, "");
    const more = hasBody ? { hasBody: true as const } : {};
    push({ type: "net.request", exchange, method, url: path || "/", headers: recordOf(headers), ...more });
  }

  function end(exchange: number) {
    current = undefined;
    close(exchange);
    http?.end();
  }

  const served: ServedConnection = {
    receive(data, isLast) {
      if (greeting !== undefined) greet(data);
      else http?.receive(data);
      if (!isLast) return;
      if (http) http.receiveEnd();
      else wire.write("", true);
    },
    taken(bytes) {
      const before = waitingBytes;
      waitingBytes = Math.max(0, waitingBytes - bytes);
      if (current && before >= heldBytesMin && waitingBytes < heldBytesMin)
        push({ type: "net.drained", exchange: current.exchange });
    },
    broken: leave,
    answer(request, done) {
      if (!current || current.exchange !== request.exchange || !http) return done(refusal("ECONNRESET"));
      const bytes = (text: string) => (current?.isBinary ? text : bytesOfText(text));
      switch (request.op) {
        case "read": {
          const { bytesMax, withinMs } = request;
          const reader = { bytesMax, done };
          current.reader = reader;
          after(withinMs, () => {
            if (current?.reader !== reader) return;
            current.reader = undefined;
            done(refusal("ETIMEDOUT"));
          });
          return deliver();
        }
        case "respond":
          current.isBinary = request.encoding === "latin1";
          http.head({ status: request.code, headers: headerPairs(request.headers) });
          http.chunk(bytes(request.body));
          if (request.end) end(request.exchange);
          else {
            current.isOpen = true;
            http.flush();
          }
          break;
        case "write":
          http.chunk(bytes(request.chunk));
          http.flush();
          break;
        case "end":
          end(request.exchange);
          break;
        case "abort":
          current = undefined;
          close(request.exchange);
          wire.reset();
          break;
        default:
          return done({ ok: false, code: "EINVAL", message: `Cannot ${request.op}: it is no WebSocket` });
      }
      done({ ok: true, bufferedBytes: waitingBytes });
    },
  };
  return served;
}

function refusal(code: string): NetAnswer {
  return { ok: false, code, message: "Cannot go on with a request of a pod" };
}

function recordOf(headers: readonly HttpHeader[]): Readonly<Record<string, string>> {
  const record = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = record.get(key);
    record.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(record);
}
