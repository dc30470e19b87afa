import type { PermissionNeed } from "../core/permissions.ts";
import type { HttpsFailure, HttpsRequest, HttpsStreamRequest } from "./messages.ts";

/** Where an `https` request goes. */
export function httpsTarget({ url, connectTo }: Pick<HttpsRequest, "url" | "connectTo">): {
  readonly host: string;
  readonly port: number;
} {
  if (connectTo) return connectTo;
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 443 : Number(port) };
}

/**
 * Path and query of an `https` request, as they were written: to whom dots lead elsewhere, and what a backslash is, is the
 * other side's to say. Who may ask was judged by these words.
 */
export function httpsPath(url: string): string {
  const [, path = ""] = /^https?:\/\/[^/?#]*(.*)$/is.exec(url) ?? [];
  return `${path.startsWith("/") ? "" : "/"}${path.replaceAll("#", "%23")}`;
}

/** What an `https` request needs: to be permitted where it goes; to go on reading is part of what was permitted. */
export function httpsNeeds(any: unknown): PermissionNeed | undefined {
  const request = any as HttpsRequest | HttpsStreamRequest;
  if (!("url" in request)) return undefined;
  const { host, port } = httpsTarget(request);
  return { name: "net", scope: `${host}:${port}` };
}

/** Why there is no answer. */
export const httpsFailures = {
  tooSlow: { ok: false, code: "ETIMEDOUT", message: "the answer did not come in time" },
  tooLong: { ok: false, code: "EMSGSIZE", message: "the answer is longer than was allowed" },
  closed: { ok: false, code: "ECONNRESET", message: "the connection was closed before the answer was there" },
  refused: { ok: false, code: "ECONNREFUSED", message: "nobody listens there" },
} as const satisfies Readonly<Record<string, HttpsFailure>>;
