import { number } from "./frames.ts";

/** What a server of the gRPC health protocol says of a service. */
export type HealthStatus = "UNKNOWN" | "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

const statuses: readonly HealthStatus[] = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** Where the question goes. */
export const checkPath = "/grpc.health.v1.Health/Check";

/** A message behind its length, as gRPC sends it. */
export function grpcMessage(bytes: string): string {
  return `\0${number(bytes.length, 4)}${bytes}`;
}

/** The question for a service; service names are short. */
export function checkRequest(service: string): string {
  return grpcMessage(service === "" ? "" : `\x0a${String.fromCharCode(service.length)}${service}`);
}

/** The name of the service that is asked for. */
export function serviceOf(message: string): string {
  return message.charCodeAt(5) === 0x0a ? message.slice(7, 7 + message.charCodeAt(6)) : "";
}

/** The answer. */
export function checkResponse(status: HealthStatus): string {
  const value = statuses.indexOf(status);
  return grpcMessage(value === 0 ? "" : `\x08${String.fromCharCode(value)}`);
}

/** What an answer says. */
export function statusOf(message: string): HealthStatus {
  const value = message.charCodeAt(5) === 0x08 ? message.charCodeAt(6) : 0;
  return statuses[value] ?? "UNKNOWN";
}
