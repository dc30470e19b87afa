import { networkInterfaces } from "node:os";
import type { IpFamily } from "../../actors/kit/ip_number.ts";

/** Where the outside finds what a cluster opens to it: of each family another host. */
export type ListenHosts = Readonly<Record<IpFamily, string>>;

/** Loopback of both families. */
export const usualListenHosts: ListenHosts = { IPv4: "127.0.0.1", IPv6: "::1" };

/** The same on this machine: where it has no IPv6, what is of that family is found by IPv4. */
export function listenHostsHere(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): ListenHosts {
  const addresses = Object.values(interfaces).flatMap((each) => each ?? []);
  const hasIpv6 = addresses.some(({ address }) => address === usualListenHosts.IPv6);
  return hasIpv6 ? usualListenHosts : { ...usualListenHosts, IPv6: usualListenHosts.IPv4 };
}
