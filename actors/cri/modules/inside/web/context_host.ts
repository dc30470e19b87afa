/**
 * What the simulation gives into a context: functions over texts, numbers and bytes. Nothing else crosses, so that
 * all objects that a module sees are made inside.
 */
export interface ContextHost {
  /** Wall clock of the container's node, in virtual milliseconds. */
  nowMs(): number;
  /** Milliseconds since the container started. */
  uptimeMs(): number;
  /** Has `fire(id)` called later. */
  after(delayMs: number, id: number): void;
  /** 32 random bits. */
  random32(): number;
  /** A URL's parts as JSON of `UrlParts`; `undefined` when it is none. */
  parseUrl(url: string, base: string | undefined): string | undefined;
  /** The same URL with one part set. */
  withUrlPart(url: string, part: string, value: string): string;
  /** Pairs of a query, as JSON. */
  parseQuery(query: string): string;
  /** The query of pairs that are given as JSON. */
  formatQuery(pairs: string): string;
  encodeUtf8(text: string): Uint8Array;
  /** A decoder's function. @throws when there is no such encoding */
  decoder(
    encoding: string,
    options: { fatal: boolean; ignoreBOM: boolean },
  ): (bytes: Uint8Array, more: boolean) => string;
  /** @throws when there is no such algorithm */
  digest(algorithm: string, bytes: Uint8Array): Uint8Array;
  toBase64(binary: string): string;
  /** @throws when it is no base64 */
  fromBase64(text: string): string;
}

/** What the text of a URL falls into. */
export type UrlParts = Readonly<
  Record<
    | "href"
    | "origin"
    | "protocol"
    | "username"
    | "password"
    | "host"
    | "hostname"
    | "port"
    | "pathname"
    | "search"
    | "hash",
    string
  >
>;
