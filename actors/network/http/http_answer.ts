import {
  type HttpHeader,
  type HttpResponseHead,
  headerHas,
  headerLines,
  headerOf,
  isBodiless,
} from "./http_message.ts";
import type { ParsedHead } from "./http_parser.ts";
import { statusTexts } from "./status_texts.ts";

/** The response to one request, as it becomes known. */
export interface HttpAnswer {
  head(response: HttpResponseHead): void;
  chunk(data: string): void;
  isHeadWritten(): boolean;
  /** The bytes that can be written now; `undefined` when what was promised was not kept. */
  take(how: TakeOptions): TakenAnswer | undefined;
}

/** How far a response has come. */
export interface TakeOptions {
  /** Nothing follows. */
  readonly isOver: boolean;
  /** The connection closes after it. */
  readonly isClosing: boolean;
}

/** Bytes of a response, and whether the connection has to close after it. */
export interface TakenAnswer {
  readonly text: string;
  readonly isClosing: boolean;
}

const ofOneHop = /^(transfer-encoding|connection|keep-alive)$/i;

/** Makes the response to a request. What is known as a whole has a length, what streams goes in chunks. */
export function httpAnswer({ method, minor }: ParsedHead): HttpAnswer {
  let response: HttpResponseHead | undefined;
  let waiting = "";
  let isHeadWritten = false;
  let isChunked = false;
  let closes = false;
  /** Bytes still to come, when the head has said how many. */
  let left: number | undefined;

  function headText({ status, headers }: HttpResponseHead, { isOver, isClosing }: TakeOptions): string {
    const kept: HttpHeader[] = headers.filter(([name]) => !ofOneHop.test(name));
    closes = isClosing || headerHas(headers, "connection", "close");
    if (!isBodiless(status) && method !== "HEAD") {
      const declared = headerOf(kept, "content-length");
      if (declared !== undefined && /^\d+$/.test(declared)) left = Number(declared);
      else if (isOver) kept.push(["content-length", String(waiting.length)]);
      else if (minor > 0) {
        isChunked = true;
        kept.push(["transfer-encoding", "chunked"]);
      } else closes = true;
    }
    kept.push(["connection", closes ? "close" : "keep-alive"]);
    return `${statusLine(status)}${headerLines(kept)}\r\n`;
  }

  return {
    head(given) {
      response ??= given;
    },
    chunk(data) {
      waiting += data;
    },
    isHeadWritten: () => isHeadWritten,
    take(how) {
      if (!response) return { text: "", isClosing: false };
      let text = isHeadWritten ? "" : headText(response, how);
      isHeadWritten = true;
      const data = waiting;
      waiting = "";
      if (!isBodiless(response.status) && method !== "HEAD") {
        if (left !== undefined) left -= data.length;
        if ((left ?? 0) < 0 || (how.isOver && (left ?? 0) > 0)) return undefined;
        if (data !== "") text += isChunked ? `${data.length.toString(16)}\r\n${data}\r\n` : data;
        if (how.isOver && isChunked) text += "0\r\n\r\n";
      }
      return { text, isClosing: closes };
    },
  };
}

/** A whole response that refuses what came; the connection closes after it. */
export function refusalText(status: number, message: string): string {
  const headers = headerLines([
    ["content-type", "text/plain"],
    ["content-length", String(message.length + 1)],
    ["connection", "close"],
  ]);
  return `${statusLine(status)}${headers}\r\n${message}\n`;
}

function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${statusTexts.get(status) ?? ""}\r\n`;
}
