import { createHash } from "node:crypto";
import type { ContextHost, UrlParts } from "./inside/web/context_host.ts";

const hashes: Readonly<Record<string, string>> = {
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};
const encoder = new TextEncoder();

/** What a context borrows from the platform and what only computes: the same input gives the same output anywhere. */
export const pureFunctions: Omit<ContextHost, "nowMs" | "uptimeMs" | "after" | "random32"> = {
  parseUrl(url, base) {
    try {
      return partsOf(new URL(url, base));
    } catch {
      return undefined;
    }
  },
  withUrlPart(url, part, value) {
    const made = new URL(url);
    if (part in made) Object.assign(made, { [part]: value });
    return partsOf(made);
  },
  parseQuery: (query) => JSON.stringify([...new URLSearchParams(query)]),
  formatQuery: (pairs) => new URLSearchParams(JSON.parse(pairs) as [string, string][]).toString(),
  encodeUtf8: (text) => encoder.encode(text),
  decoder(encoding, options) {
    const decoder = new TextDecoder(encoding, options);
    return (bytes, more) => decoder.decode(bytes, { stream: more });
  },
  digest(algorithm, bytes) {
    const name = hashes[algorithm.toUpperCase()];
    if (name === undefined) throw new Error(`Unrecognized algorithm name: ${algorithm}`);
    return createHash(name).update(bytes).digest();
  },
  toBase64: (binary) => btoa(binary),
  fromBase64: (text) => atob(text),
};

function partsOf(url: URL): string {
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  const parts = { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash };
  return JSON.stringify(parts satisfies UrlParts);
}
