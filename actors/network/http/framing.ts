import type { HttpHeader } from "./http_message.ts";

/** How the end of a body is told. */
export interface Framing {
  readonly isChunked: boolean;
  readonly length?: number;
}

/** How long the body is; `undefined` when that can be understood in two ways (RFC 9112, section 6.3). */
export function framingOf(headers: readonly HttpHeader[]): Framing | undefined {
  let isChunked = false;
  let length: number | undefined;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === "transfer-encoding") {
      if (isChunked || value.toLowerCase() !== "chunked") return undefined;
      isChunked = true;
    } else if (lower === "content-length") {
      if (!/^\d{1,15}$/.test(value) || (length !== undefined && length !== Number(value))) return undefined;
      length = Number(value);
    }
  }
  if (isChunked && length !== undefined) return undefined;
  return length === undefined ? { isChunked } : { isChunked, length };
}
