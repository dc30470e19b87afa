import { decodeBase64, decodeBase64Bytes } from "../base64.ts";

const [begin, end] = ["-----BEGIN ", "-----END "];
/** A line of a block that is no part of what it encodes. */
const header = /^[^\s:]+:/m;
const malformed = "x509: malformed certificate";

/**
 * What is wrong with certificates, given as base64 of PEM, in Kubernetes' words; undefined: nothing. Of a certificate's own
 * bytes only the frame is looked at.
 */
export function certificatesProblem(base64: string): string | undefined {
  let count = 0;
  for (const { type, body, hasHeaders } of pemBlocks(textOf(base64))) {
    if (type !== "CERTIFICATE") return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    if (hasHeaders) return "no PEM block headers are permitted";
    if (!isFramed(body)) return malformed;
    count++;
  }
  return count > 0 ? undefined : "must contain at least one CERTIFICATE PEM block";
}

/** No type of a block is longer. */
const typeCharsMax = 128;

/** A block of a PEM text. */
interface PemBlock {
  readonly type: string;
  /** What it encodes, as base64 in one line. */
  readonly body: string;
  /** Lines of it are no part of what it encodes. */
  readonly hasHeaders: boolean;
}

/** The blocks of a PEM text; each of its letters is looked at a few times at most, whatever somebody has made of it. */
export function* pemBlocks(text: string): Generator<PemBlock> {
  let [lineEnd, close] = [0, 0];
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
    at += begin.length;
    if (lineEnd < at) lineEnd = text.indexOf("\n", at);
    if (lineEnd < 0) return;
    if (close < lineEnd) close = text.indexOf(end, lineEnd);
    if (close < 0) return;
    const type = lineEnd - at > typeCharsMax ? undefined : /^(.*?)-----\r?$/.exec(text.slice(at, lineEnd))?.[1];
    if (type === undefined || !text.startsWith(`${type}-----`, close + end.length)) continue;
    const body = text.slice(lineEnd + 1, close);
    yield { type, body: body.replace(/\s/g, ""), hasHeaders: header.test(body) };
    at = close + end.length;
  }
}

function textOf(base64: string): string {
  try {
    return decodeBase64(base64);
  } catch {
    return "";
  }
}

/** Whether base64 is of a sequence that begins with a sequence, as X.690 writes them, and of nothing more. */
function isFramed(base64: string): boolean {
  let bytes: Uint8Array;
  try {
    bytes = decodeBase64Bytes(base64);
  } catch {
    return false;
  }
  const outer = sequenceAt(bytes, 0);
  if (outer?.end !== bytes.length) return false;
  const inner = sequenceAt(bytes, outer.start);
  return inner !== undefined && inner.end < outer.end;
}

const sequence = 0x30;
const shortMax = 0x7f;

/** Where the content of a sequence begins and ends. */
function sequenceAt(bytes: Uint8Array, at: number): { readonly start: number; readonly end: number } | undefined {
  const [tag, length = 0] = [bytes[at], bytes[at + 1]];
  if (tag !== sequence) return undefined;
  if (length <= shortMax) return { start: at + 2, end: at + 2 + length };
  const size = length & shortMax;
  const start = at + 2 + size;
  if (size === 0 || size > 4) return undefined;
  const long = bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  return { start, end: start + long };
}
