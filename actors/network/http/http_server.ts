import {
  type HttpHeader,
  type HttpRequestHead,
  type HttpResponseHead,
  headerHas,
  headerLines,
  headerOf,
  isBodiless,
} from "./http_message.ts";
import { type HttpFault, httpParser, type ParsedHead } from "./http_parser.ts";
import { statusTexts } from "./status_texts.ts";

/** Who is told of what comes over a connection to a server. */
export interface HttpServerSink {
  /** The next request is told of when this one's response has ended. */
  request(head: HttpRequestHead): void;
  chunk(data: string): void;
  end(): void;
  /** Bytes for the other end; with `end` nothing follows. */
  write(data: string, end: boolean): void;
  /** What has come is broken, or what was answered cannot be carried: reset the connection. */
  broken(): void;
  /** So many bytes that are no body have been read. */
  used(bytes: number): void;
}

/** The server's end of a connection: bytes in, requests out; responses in, bytes out. */
export interface HttpServer {
  /** Bytes came from the client. */
  receive(data: string): void;
  /** The client writes no more: what it asked is still answered. */
  receiveEnd(): void;
  /** Begins the response to the request that was told of last. */
  head(head: HttpResponseHead): void;
  chunk(data: string): void;
  end(): void;
  /** All of a moment was said: what was held back to be written in one piece is written. */
  flush(): void;
  /** After the response under way, or now when there is none, the connection is closed. */
  closeWhenIdle(): void;
}

interface Exchange {
  readonly request: ParsedHead;
  isRead: boolean;
  response: HttpResponseHead | undefined;
  /** Body that waits for `flush`. */
  waiting: string;
  /** Bytes still to come, when the head has said how many. */
  left: number | undefined;
  isChunked: boolean;
  isHeadWritten: boolean;
}

/** Makes the server's end of a connection. Requests that are sent ahead are answered one after the other. */
export function httpServer(sink: HttpServerSink): HttpServer {
  let current: Exchange | undefined;
  /** The one whose end has not come; it may have been answered already. */
  let unread: Exchange | undefined;
  let held = "";
  let bodyBytes = 0;
  let isClosing = false;
  let isClosed = false;
  let isEnded = false;
  let isParsing = false;

  const parser = httpParser("REQUEST", {
    head(head) {
      const url = urlOf(head);
      if (url === undefined) {
        refuse({ status: 400, message: "invalid host or target" });
        return true;
      }
      parser.hold(true);
      current = {
        request: head,
        isRead: !head.hasBody,
        response: undefined,
        waiting: "",
        left: undefined,
        isChunked: false,
        isHeadWritten: false,
      };
      unread = current;
      if (!head.keepsAlive) isClosing = true;
      if (head.hasBody && headerHas(head.headers, "expect", "100-continue")) {
        sink.write("HTTP/1.1 100 Continue\r\n\r\n", false);
      }
      sink.request({ method: head.method, url, headers: head.headers, hasBody: head.hasBody });
      return false;
    },
    body(data) {
      bodyBytes += data.length;
      if (!isClosed) sink.chunk(data);
    },
    end() {
      if (!unread) return;
      unread.isRead = true;
      unread = undefined;
      if (!isClosed) sink.end();
    },
  });

  /** Parses what is there, up to the end of the request that is answered now. */
  function parse() {
    if (isParsing) return;
    isParsing = true;
    while (!isClosed && held !== "") {
      const data = held;
      bodyBytes = 0;
      const { used, fault } = parser.parse(data);
      held = fault ? "" : held.slice(used);
      if (used > bodyBytes) sink.used(used - bodyBytes);
      if (fault) refuse(fault);
      if (used === 0) break;
    }
    isParsing = false;
    if (isEnded && !isClosed && !current?.isRead) {
      // It breaks off in the middle of a request, or there is nothing to answer any more.
      if (current || parser.finish()) return abort();
      close();
    }
  }

  function refuse({ status, message }: HttpFault) {
    if (isClosed) return;
    if (current?.isHeadWritten) return abort();
    if (current) sink.broken();
    isClosed = true;
    const text = `${message}\n`;
    const head = responseLine(status) + headerLines([["content-type", "text/plain"]]);
    sink.write(`${head}content-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`, true);
  }

  function abort() {
    isClosed = true;
    held = "";
    sink.broken();
  }

  function close() {
    isClosed = true;
    sink.write("", true);
  }

  function write(exchange: Exchange, isOver: boolean) {
    const { response, request, waiting } = exchange;
    if (!response) return;
    exchange.waiting = "";
    let text = "";
    if (!exchange.isHeadWritten) {
      exchange.isHeadWritten = true;
      text = headText(exchange, response, isOver ? waiting.length : undefined);
    }
    if (!isBodiless(response.status) && request.method !== "HEAD") {
      if (exchange.left !== undefined) exchange.left -= waiting.length;
      if (waiting !== "") text += exchange.isChunked ? `${waiting.length.toString(16)}\r\n${waiting}\r\n` : waiting;
      if (isOver && exchange.isChunked) text += "0\r\n\r\n";
      if ((exchange.left ?? 0) < 0 || (isOver && (exchange.left ?? 0) > 0)) return abort();
    }
    const ends = isOver && isClosing;
    if (ends) isClosed = true;
    if (text !== "" || ends) sink.write(text, ends);
  }

  function headText(exchange: Exchange, { status, headers }: HttpResponseHead, length: number | undefined): string {
    const { request } = exchange;
    const kept: HttpHeader[] = headers.filter(([name]) => !/^(transfer-encoding|connection|keep-alive)$/i.test(name));
    if (headerHas(headers, "connection", "close")) isClosing = true;
    if (!isBodiless(status) && request.method !== "HEAD") {
      const declared = headerOf(kept, "content-length");
      if (declared !== undefined && /^\d+$/.test(declared)) exchange.left = Number(declared);
      else if (length !== undefined) kept.push(["content-length", String(length)]);
      else if (request.minor > 0) {
        exchange.isChunked = true;
        kept.push(["transfer-encoding", "chunked"]);
      } else isClosing = true;
    }
    // A client that still sends a body nobody reads would hold up all that follows.
    if (!exchange.isRead && length !== undefined) isClosing = true;
    kept.push(["connection", isClosing ? "close" : "keep-alive"]);
    return `${responseLine(status)}${headerLines(kept)}\r\n`;
  }

  return {
    receive(data) {
      if (isClosed) return sink.used(data.length);
      held += data;
      parse();
    },
    receiveEnd() {
      isEnded = true;
      parse();
    },
    head(response) {
      if (current && !current.response) current.response = response;
    },
    chunk(data) {
      if (current) current.waiting += data;
    },
    end() {
      const exchange = current;
      if (!exchange || isClosed) return;
      write(exchange, true);
      current = undefined;
      if (isClosed) return;
      parser.hold(false);
      parse();
    },
    flush() {
      if (current && !isClosed) write(current, false);
    },
    closeWhenIdle() {
      isClosing = true;
      if (!current && !isClosed) close();
    },
  };
}

function responseLine(status: number): string {
  return `HTTP/1.1 ${status} ${statusTexts.get(status) ?? ""}\r\n`;
}

function urlOf({ target, headers, minor }: ParsedHead): string | undefined {
  const hosts = headers.filter(([name]) => name.toLowerCase() === "host");
  if (hosts.length > 1 || (hosts.length === 0 && minor > 0)) return undefined;
  const isAbsolute = /^https?:\/\//i.test(target);
  if (!isAbsolute && !target.startsWith("/") && target !== "*") return undefined;
  const host = hosts[0]?.[1] || "localhost";
  if (/[\s/?#@\\]/.test(host)) return undefined;
  const url = isAbsolute ? target : `http://${host}${target === "*" ? "/" : target}`;
  return URL.canParse(url) ? url : undefined;
}
