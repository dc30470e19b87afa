import type { PermissionNeed } from "../core/permissions.ts";
import type { NetAnswer, NetRequest } from "./messages.ts";

/** What a `net` request needs: to listen is to be permitted the address; the rest is part of what was permitted. */
export function netNeeds(any: unknown): PermissionNeed | undefined {
  const request = any as NetRequest;
  return request.op === "listen" ? { name: "net", scope: `${request.host}:${request.port}` } : undefined;
}

const textTypes = /^(?:\*\/\*|text\/.*|application\/(?:.*[+])?(?:json|yaml|x-yaml|xml|x-www-form-urlencoded))$/;

/** How the body of a request is handed over: as it is when it is text, or nobody says what it is; else in base64. */
export function bodyEncodingOf(contentType: string | undefined): "base64" | undefined {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  return type === "" || textTypes.test(type) ? undefined : "base64";
}

function refusal(code: string, message: string): NetAnswer {
  return { ok: false, code, message: `Cannot read the body of a request: ${message}` };
}

/** Why a body is not handed over. */
export const bodyRefusals = {
  tooLong: refusal("EMSGSIZE", "it is longer than was allowed"),
  tooSlow: refusal("ETIMEDOUT", "it did not come in time"),
  noRoom: refusal("ENOBUFS", "there are too many others that are not answered"),
  gone: refusal("ECONNRESET", "its client is gone"),
} as const;

/** What the device answers without asking its actor, when too much is open; as API clients expect it. */
export const tooManyStatus = JSON.stringify({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message: "Too many requests, please try again later.",
  reason: "TooManyRequests",
  code: 429,
});

/** So many bytes of WebSocket messages an actor is handed before it says that it has dealt with some; one may go past. */
export const socketUnderWayMax = 256 * 1024;
