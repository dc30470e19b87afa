import { type HttpAnswer, httpAnswer, refusalText } from "./http_answer.ts";
import { type HttpRequestHead, type HttpResponseHead, headerHas } from "./http_message.ts";
import { httpParser, type ParsedHead } from "./http_parser.ts";

/** Who is told of what comes over a connection to a server. */
export interface HttpServerSink {
  /** The next request is told of when this one's response has ended. */
  request(head: HttpRequestHead): void;
  chunk(data: string): void;
  end(): void;
  /** The rest of the request that was told of last makes no sense: nobody waits for its response any more. */
  aborted?(): void;
  /**
   * The client writes no more while the request that was told of last has come whole and is not answered: it may wait
   * for its response, or be gone. It is told once of each such request.
   */
  gone?(): void;
  /** Bytes for the other end; with `end` nothing follows. */
  write(data: string, end: boolean): void;
  /** A request or a response broke off: reset the connection. */
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
}

interface Exchange {
  readonly answer: HttpAnswer;
  /** Its request has come whole. */
  isRead: boolean;
  /** Its client writes no more, and that was told. */
  isGone: boolean;
}

/** No Request of fetch can have these methods: no module could be asked, and what they are for no server here does. */
const methodsRefused = new Set(["CONNECT", "TRACE"]);

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
      if (methodsRefused.has(head.method)) {
        refuse({ status: 501, message: "method not implemented" });
        return true;
      }
      const url = urlOf(head);
      if (url === undefined) {
        refuse({ status: 400, message: "invalid host or target" });
        return true;
      }
      const { method, headers, hasBody } = head;
      parser.hold(true);
      current = { answer: httpAnswer(head), isRead: !hasBody, isGone: false };
      unread = current;
      if (!head.keepsAlive) isClosing = true;
      if (hasBody && headerHas(headers, "expect", "100-continue")) sink.write("HTTP/1.1 100 Continue\r\n\r\n", false);
      sink.request({ method, url, headers, hasBody });
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
      bodyBytes = 0;
      const { used, fault } = parser.parse(held);
      held = fault ? "" : held.slice(used);
      if (used > bodyBytes) sink.used(used - bodyBytes);
      if (fault) refuse(fault);
      if (used === 0) break;
    }
    isParsing = false;
    if (!isEnded || isClosed) return;
    if (current?.isRead) return tellGone(current);
    // It breaks off in the middle of a request, or there is nothing to answer any more.
    if (current || parser.finish()) breakOff();
    else close("");
  }

  function tellGone(exchange: Exchange) {
    if (exchange.isGone) return;
    exchange.isGone = true;
    sink.gone?.();
  }

  function refuse({ status, message }: { readonly status: number; readonly message: string }) {
    if (isClosed) return;
    if (current?.answer.isHeadWritten()) return breakOff();
    if (current) sink.aborted?.();
    close(refusalText(status, message));
  }

  function breakOff() {
    isClosed = true;
    held = "";
    sink.broken();
  }

  function close(text: string) {
    isClosed = true;
    sink.write(text, true);
  }

  function write({ answer, isRead }: Exchange, isOver: boolean) {
    // A client that still sends a body nobody reads would hold up all that follows.
    const taken = answer.take({ isOver, isClosing: isClosing || (isOver && !isRead) });
    if (!taken) return breakOff();
    isClosing ||= taken.isClosing;
    if (isOver && isClosing) close(taken.text);
    else if (taken.text !== "") sink.write(taken.text, false);
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
    head: (response) => current?.answer.head(response),
    chunk: (data) => current?.answer.chunk(data),
    end() {
      if (!current || isClosed) return;
      write(current, true);
      current = undefined;
      if (isClosed) return;
      parser.hold(false);
      parse();
    },
    flush() {
      if (current && !isClosed) write(current, false);
    },
  };
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
