import { HTTPParser, methods } from "http-parser-js";
import { framingOf } from "./framing.ts";
import { type HttpHeader, headerHas, isBodiless } from "./http_message.ts";

/** The first line and the headers of a message. */
export interface ParsedHead {
  readonly isRequest: boolean;
  readonly method: string;
  /** What the request line asks for. */
  readonly target: string;
  readonly status: number;
  /** The second digit of HTTP/1.x. */
  readonly minor: number;
  readonly headers: readonly HttpHeader[];
  readonly hasBody: boolean;
  /** Whether its sender means to carry more over the connection after this message. */
  readonly keepsAlive: boolean;
  /** Whether the end of the body can be told from its bytes; else it ends with the connection. */
  readonly isFramed: boolean;
}

/** Who is told of what was parsed. */
export interface HttpParserSink {
  /** Whether no body follows, whatever the headers say: the answer to HEAD. */
  head(head: ParsedHead): boolean;
  body(data: string): void;
  end(): void;
}

/** A message that breaks the rules of HTTP; `status` is what a server answers. */
export interface HttpFault {
  readonly status: 400 | 431 | 505;
  readonly message: string;
}

/** Parses the bytes of one direction of a connection, a character each. */
export interface HttpParser {
  /** Parses on, up to the end of a message while it is held. What it has not used has to be given again. */
  parse(data: string): { readonly used: number; readonly fault?: HttpFault };
  /** No more bytes come: a fault when a message was not whole. */
  finish(): HttpFault | undefined;
  /** Whether it stops before the next message. */
  hold(isHeld: boolean): void;
}

/** A head, or what frames a body, may not be longer. */
const headBytesMax = 64 * 1024;
const headersMax = 1000;

interface HeadInfo {
  readonly headers: readonly string[];
  readonly method: number;
  readonly url: string;
  readonly statusCode: number;
  readonly versionMajor: number;
  readonly versionMinor: number;
  upgrade: boolean;
}

/** The library's parser as it is inside: it takes its input by `consumeLine` and `slice` alone, so a string will do. */
interface Inner {
  state: string;
  chunk: string;
  offset: number;
  end: number;
  line: string;
  isChunked: boolean;
  maxHeaderSize: number;
  initialize(type: string): void;
  execute(data: string): number | Error;
  finish(): Error | undefined;
  [hook: string | number]: unknown;
}

const startLine = { REQUEST: "REQUEST_LINE", RESPONSE: "RESPONSE_LINE" } as const;
const chunkHead = /^[0-9a-f]{1,8}[ \t]*(;.*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a header's value may not have
const header = /^([!#$%&'*+.^_`|~\w-]+):([^\x00-\x08\x0a-\x1f\x7f]*)$/;

/** Makes a parser of requests or of responses. */
export function httpParser(type: "REQUEST" | "RESPONSE", sink: HttpParserSink): HttpParser {
  const inner = new HTTPParser(type) as unknown as Inner;
  const start = inner[startLine[type]] as (this: Inner) => unknown;
  let isHeld = false;
  let headBytes = 0;
  let fault: HttpFault | undefined;

  const fail = (status: HttpFault["status"], message: string): never => {
    fault = { status, message };
    throw new Error(message);
  };

  // Counted here: the library counts bodies that come in one piece with a head as well.
  inner.maxHeaderSize = Number.POSITIVE_INFINITY;
  inner.reinitialize = (again: string) => {
    headBytes = 0;
    inner.initialize(again);
  };
  inner[startLine[type]] = () => (isHeld ? true : start.call(inner));
  inner.consumeLine = () => {
    const { chunk, offset, end } = inner;
    const found = chunk.indexOf("\n", offset);
    const until = found < 0 || found >= end ? end : found;
    inner.line += chunk.slice(offset, until);
    headBytes += until - offset;
    if (headBytes > headBytesMax) fail(431, "head too long");
    inner.offset = until;
    if (until === end) return undefined;
    inner.offset++;
    const line = inner.line.endsWith("\r") ? inner.line.slice(0, -1) : inner.line;
    inner.line = "";
    if (inner.state === "BODY_CHUNKHEAD") {
      headBytes = 0;
      if (!chunkHead.test(line)) fail(400, "invalid chunk size");
    }
    return line;
  };
  inner.parseHeader = (line: string, headers: string[]) => {
    const [, name, value] = header.exec(line) ?? [];
    if (name === undefined || value === undefined) return fail(400, "invalid header");
    if (headers.length >= 2 * headersMax) return fail(431, "too many headers");
    headers.push(name, withoutBlanks(value));
  };
  inner[HTTPParser.kOnHeadersComplete] = (info: HeadInfo) => {
    if (info.versionMajor !== 1) fail(505, "HTTP version not supported");
    // Nobody here switches protocols: what follows is HTTP.
    info.upgrade = false;
    const headers = pairsOf(info.headers);
    const framing = framingOf(headers);
    if (framing === undefined) return fail(400, "invalid framing");
    inner.isChunked = framing.isChunked;
    const isRequest = type === "REQUEST";
    const hasBody = isRequest
      ? framing.isChunked || (framing.length ?? 0) > 0
      : !isBodiless(info.statusCode) && framing.length !== 0;
    const skips = sink.head({
      isRequest,
      method: isRequest ? (methods[info.method] ?? "") : "",
      target: info.url,
      status: info.statusCode,
      minor: info.versionMinor,
      headers,
      hasBody,
      keepsAlive:
        info.versionMinor > 0
          ? !headerHas(headers, "connection", "close")
          : headerHas(headers, "connection", "keep-alive"),
      isFramed: isRequest || !hasBody || framing.isChunked || framing.length !== undefined,
    });
    return skips || !hasBody ? 1 : 0;
  };
  inner[HTTPParser.kOnBody] = (data: string) => sink.body(data);
  inner[HTTPParser.kOnMessageComplete] = () => sink.end();

  return {
    parse(data) {
      if (fault) return { used: data.length, fault };
      let used: number | Error;
      try {
        used = inner.execute(data);
      } catch (error) {
        // What our own hooks refused; all else is a mistake.
        if (!fault) throw error;
        used = data.length;
      }
      if (typeof used === "number" && !fault) return { used };
      fault ??= { status: 400, message: (used as Error).message };
      return { used: data.length, fault };
    },
    finish() {
      if (fault) return fault;
      const error = inner.state === startLine[type] && inner.line === "" ? undefined : inner.finish();
      if (error) fault = { status: 400, message: error.message };
      return fault;
    },
    hold(held) {
      isHeld = held;
    },
  };
}

/** Spaces and tabs at the ends go; an expression for that would read a run of them as often as it is long. */
function withoutBlanks(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isBlank(value.charCodeAt(start))) start++;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function pairsOf(flat: readonly string[]): HttpHeader[] {
  const pairs: HttpHeader[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] as string, flat[at + 1] as string]);
  return pairs;
}
