import type { PermissionNeed } from "../permissions.ts";
import type { NetRequest } from "./messages.ts";

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

const refusals = {
  413: { reason: "RequestEntityTooLarge", message: "Request entity too large: limit is 3145728" },
  429: { reason: "TooManyRequests", message: "Too many requests, please try again later." },
} as const;

/** The body of an answer that the device gives without asking its actor, as API clients expect it. */
export function refusalStatus(code: keyof typeof refusals): string {
  const { reason, message } = refusals[code];
  return JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code });
}

/** So many bytes of WebSocket messages an actor is handed before it says that it has dealt with some; one may go past. */
export const socketUnderWayMax = 256 * 1024;
