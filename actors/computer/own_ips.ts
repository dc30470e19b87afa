import { familyOf } from "../kit/ip_number.ts";
import type { ComputerInput } from "./messages.ts";

type Own = Pick<ComputerInput, "nodeIps">;

/** Whether an IP is the node's own. */
export function isNodeIp({ nodeIps }: Own, ip: string): boolean {
  return nodeIps.includes(ip);
}

/** Of some IPs the one that can speak with a target: of the same family; undefined when there is none. */
export function ipTowards(ips: readonly string[], target: string): string | undefined {
  return ips.find((ip) => familyOf(ip) === familyOf(target));
}
