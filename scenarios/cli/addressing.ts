import { InputError } from "../cluster/input_error.ts";
import { type Addressing, networkPlan } from "../cluster/network_plan.ts";
import type { AddressingOptions } from "./ip_families.ts";

/**
 * What a topology says of addresses.
 *
 * @throws InputError for ranges that are none, or do not fit each other
 */
export function addressingOf(options: AddressingOptions): Addressing {
  const { serviceClusterIpRange, clusterCidr, nodeCidrMaskSizeIpv4, nodeCidrMaskSizeIpv6 } = options;
  const sizes = {
    ...(nodeCidrMaskSizeIpv4 === undefined ? {} : { IPv4: nodeCidrMaskSizeIpv4 }),
    ...(nodeCidrMaskSizeIpv6 === undefined ? {} : { IPv6: nodeCidrMaskSizeIpv6 }),
  };
  const addressing: Addressing = {
    ...(options.ipFamilies === undefined ? {} : { ipFamilies: options.ipFamilies }),
    ...(serviceClusterIpRange === undefined ? {} : { serviceCidr: serviceClusterIpRange }),
    ...(clusterCidr === undefined ? {} : { clusterCidr }),
    ...(Object.keys(sizes).length === 0 ? {} : { nodeCidrMaskSize: sizes }),
  };
  try {
    networkPlan(addressing);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
  return addressing;
}
