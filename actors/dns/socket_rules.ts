import type { PermissionNeed } from "../../runtime/mod.ts";
import type { DnsSocketRequest } from "./messages.ts";

/** What a `dns_socket` request needs: to listen and to ask others are to be permitted the address. */
export function socketNeeds(any: unknown): PermissionNeed | undefined {
  const request = any as DnsSocketRequest;
  if (request.op === "respond") return undefined;
  const { host, port } = request.op === "listen" ? request : request.upstream;
  return { name: "net", scope: `${host}:${port}` };
}
