/**
 * What both ends of a played TLS connection say before anything else. The cluster's network is memory that nobody
 * listens to: certificates are shown and judged in it as in reality, but nothing is encrypted.
 */
export interface Hello {
  /** The name that a client asks for. */
  readonly serverName?: string;
  /** What one shows of itself, as PEM texts, its own certificate first. */
  readonly certificates?: string;
  /** Why an end wants no connection, as TLS calls it: `handshake_failure`. */
  readonly alert?: string;
}

/** Begins as TLS does (a handshake, version 3.1), with a length that no record can have: it is told from a real one. */
const mark = "\x16\x03\x01kubetroupe";
const digits = 6;
/** Certificates are a few kilobytes. */
const charsMax = 256 * 1024;

/** A hello as it goes over a connection. */
export function helloText(hello: Hello): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is not ASCII is escaped
  const text = JSON.stringify(hello).replace(/[^\x00-\x7f]/g, escaped);
  return `${mark}${text.length.toString(16).padStart(digits, "0")}${text}`;
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** What the first bytes of a connection are: a hello and where it ends, the begin of one, or something else. */
export type ReadHello =
  | { readonly kind: "hello"; readonly hello: Hello; readonly size: number }
  | { readonly kind: "part" }
  | { readonly kind: "other" };

/** Reads a hello from the bytes that came first. */
export function readHello(bytes: string): ReadHello {
  if (bytes.length < mark.length) return { kind: mark.startsWith(bytes) ? "part" : "other" };
  if (!bytes.startsWith(mark)) return { kind: "other" };
  const start = mark.length + digits;
  if (bytes.length < start) return { kind: "part" };
  const length = Number.parseInt(bytes.slice(mark.length, start), 16);
  if (!(length <= charsMax)) return { kind: "other" };
  if (bytes.length < start + length) return { kind: "part" };
  const hello = parsed(bytes.slice(start, start + length));
  return hello ? { kind: "hello", hello, size: start + length } : { kind: "other" };
}

function parsed(text: string): Hello | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Hello) : undefined;
  } catch {
    return undefined;
  }
}
