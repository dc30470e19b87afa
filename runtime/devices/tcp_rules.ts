import type { PermissionNeed } from "../core/permissions.ts";
import type { TcpAnswer, TcpRequest } from "./messages.ts";

/** How much of a connection's data may be under way in one direction, in bytes. */
export const tcpWindowBytes = 256 * 1024;

/** What a `tcp` request needs: to listen is to be permitted the address; the rest is part of what was permitted. */
export function tcpNeeds(any: unknown): PermissionNeed | undefined {
  const request = any as TcpRequest;
  return request.op === "listen" ? { name: "net", scope: `${request.host}:${request.port}` } : undefined;
}

/** The answer about a connection that is over. */
export function connectionGone({ op, connection }: { readonly op: string; readonly connection: number }): TcpAnswer {
  return { ok: false, code: "ECONNRESET", message: `Cannot ${op} connection ${connection}: it is over` };
}

/** The answer about a port that the actor does not listen on. */
export function notListening({ host, port }: { readonly host: string; readonly port: number }): TcpAnswer {
  return { ok: false, code: "EINVAL", message: `Cannot close ${host}:${port}: nobody here listens on it` };
}
