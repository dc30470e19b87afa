import type { PermissionNeed } from "../../../runtime/mod.ts";
import type { LinkRequest } from "./messages.ts";

/** What a request to the `etcd_link` device needs: to be permitted the address of the etcd. */
export function linkNeeds(any: unknown): PermissionNeed | undefined {
  const { host, port } = (any as LinkRequest).endpoint;
  return { name: "net", scope: `${host}:${port}` };
}
