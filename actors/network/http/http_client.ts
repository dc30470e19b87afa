import { type HttpHeader, type HttpResponseHead, headerLines, headerOf } from "./http_message.ts";
import { type HttpFault, httpParser, type ParsedHead } from "./http_parser.ts";

/** What a client asks of a server. */
export interface HttpClientRequest {
  readonly method: string;
  /** `/cart?id=1`. */
  readonly target: string;
  /** What goes into `Host` unless the headers have one: `shop:8080`. */
  readonly host: string;
  readonly headers: readonly HttpHeader[];
  /** The whole body as bytes; `stream` when chunks follow. Default: no body. */
  readonly body?: string | { readonly stream: true };
  /** Whether the connection is kept for the next request. Default false. */
  readonly keepsAlive?: boolean;
  /** Its headers ask to go on with another protocol; what follows a 101 is told in chunks, whatever it is. Default false. */
  readonly upgrades?: boolean;
}

/** Who is told of what a server answers. */
export interface HttpClientSink {
  head(head: HttpResponseHead): void;
  chunk(data: string): void;
  /** The response is whole; whether another request may follow on this connection. */
  end(isReusable: boolean): void;
  /** What has come is no answer, or only a part of one; nothing more is told. */
  failed(message: string): void;
  /** Bytes for the other end. */
  write(data: string): void;
  /** So many bytes that are no body have been read. */
  used(bytes: number): void;
}

/** The client's end of a connection: requests in, bytes out; bytes in, responses out. One request at a time. */
export interface HttpClient {
  request(request: HttpClientRequest): void;
  /** More of a body that streams, or of what follows a 101. */
  chunk(data: string): void;
  end(): void;
  /** Bytes came from the server. */
  receive(data: string): void;
  /** The server writes no more. */
  receiveEnd(): void;
}

/** What a connection that the server closed too early says, as Node's own client does. */
const closedEarly = "other side closed";

/** Makes the client's end of a connection. */
export function httpClient(sink: HttpClientSink): HttpClient {
  let asked: HttpClientRequest | undefined;
  let isSent = false;
  let isOver = false;
  let isChunked = false;
  /** The other side has agreed to an upgrade: nothing is HTTP any more. */
  let isSwitched = false;
  let answer: ParsedHead | undefined;
  let bodyBytes = 0;

  const parser = httpParser("RESPONSE", {
    head(head) {
      if (!asked) return true;
      // 100 Continue and the like announce an answer.
      if (head.status < 200 && head.status !== 101) return true;
      answer = head;
      isSwitched = asked.upgrades === true && head.status === 101;
      if (isSwitched) parser.hold(true);
      sink.head({ status: head.status, headers: head.headers });
      return asked.method === "HEAD";
    },
    body(data) {
      bodyBytes += data.length;
      sink.chunk(data);
    },
    end() {
      if (!answer || isSwitched) return;
      const isReusable =
        asked?.keepsAlive === true && answer.keepsAlive && isSent && (answer.isFramed || asked.method === "HEAD");
      asked = undefined;
      answer = undefined;
      if (!isReusable) isOver = true;
      sink.end(isReusable);
    },
  });

  function fail(message: string) {
    isOver = true;
    asked = undefined;
    sink.failed(message);
  }

  function write(data: string) {
    if (!isOver && data !== "") sink.write(data);
  }

  return {
    request(request) {
      asked = request;
      const { body } = request;
      isChunked = typeof body === "object" && headerOf(request.headers, "content-length") === undefined;
      isSent = typeof body !== "object";
      write(requestText(request, isChunked) + (typeof body === "string" ? body : ""));
    },
    chunk(data) {
      if (isSwitched) return write(data);
      if (isSent || data === "") return;
      write(isChunked ? `${data.length.toString(16)}\r\n${data}\r\n` : data);
    },
    end() {
      if (isSent) return;
      isSent = true;
      if (isChunked) write("0\r\n\r\n");
    },
    receive(data) {
      if (isOver) return sink.used(data.length);
      if (isSwitched) return sink.chunk(data);
      if (!asked) return fail("unexpected data");
      bodyBytes = 0;
      const { used, fault } = parser.parse(data);
      if (used > bodyBytes) sink.used(used - bodyBytes);
      if (fault && !isOver) fail(faultText(fault));
      if (isSwitched && used < data.length) sink.chunk(data.slice(used));
    },
    receiveEnd() {
      if (isOver) return;
      if (isSwitched) {
        isOver = true;
        return sink.end(false);
      }
      const fault = parser.finish();
      if (asked) return fail(fault && answer ? "terminated" : closedEarly);
      isOver = true;
    },
  };
}

function faultText({ status, message }: HttpFault): string {
  return status === 431 ? "Headers Overflow Error" : `Response does not match the HTTP/1.1 protocol (${message})`;
}

function requestText(request: HttpClientRequest, isChunked: boolean) {
  const { method, target, host, headers, body, keepsAlive, upgrades } = request;
  const ofOthers = upgrades ? /^transfer-encoding$/i : /^(transfer-encoding|connection|keep-alive)$/i;
  const sent: HttpHeader[] = headers.filter(([name]) => !ofOthers.test(name));
  if (headerOf(headers, "host") === undefined) sent.unshift(["host", host]);
  if (isChunked) sent.push(["transfer-encoding", "chunked"]);
  const isWhole = typeof body === "string" || (body === undefined && /^(POST|PUT|PATCH)$/.test(method));
  if (isWhole) {
    const length: HttpHeader = ["content-length", String(typeof body === "string" ? body.length : 0)];
    const at = sent.findIndex(([name]) => name.toLowerCase() === "content-length");
    if (at < 0) sent.push(length);
    else sent[at] = length;
  }
  if (!upgrades) sent.push(["connection", keepsAlive ? "keep-alive" : "close"]);
  // A target is one word of the request line.
  const path = target.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character));
  return `${method} ${path || "/"} HTTP/1.1\r\n${headerLines(sent)}\r\n`;
}
