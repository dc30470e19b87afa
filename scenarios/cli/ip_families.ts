import type { IpFamily } from "../../actors/kit/ip_number.ts";
import { InputError } from "../cluster/input_error.ts";

/** What `troupe up` is told of addresses. */
export interface AddressingOptions {
  readonly ipFamilies?: readonly IpFamily[];
  readonly serviceClusterIpRange?: string;
  readonly clusterCidr?: string;
  readonly nodeCidrMaskSizeIpv4?: number;
  readonly nodeCidrMaskSizeIpv6?: number;
}

const names: Readonly<Record<string, IpFamily>> = { ipv4: "IPv4", ipv6: "IPv6" };

/** Reads `IPv4`, `IPv6`, or both with a comma, the one that leads first. */
export function ipFamilies(text: string): readonly IpFamily[] {
  const found = text.split(",").map((each) => names[each.trim().toLowerCase()]);
  const families = found.filter((each) => each !== undefined);
  const isGood = families.length === found.length && new Set(families).size === found.length;
  if (isGood) return families;
  throw new InputError(`Cannot use the families "${text}": give IPv4, IPv6, or both with a comma, as in IPv6,IPv4`);
}
