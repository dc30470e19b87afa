import { familyOf, type IpFamily } from "../kit/ip_number.ts";
import { canonicalAddress, isIpv4, isIpv6 } from "../network/ip.ts";
import { type Balancer, type BalancerOrder, balancerIps } from "./messages.ts";
import type { Provider } from "./provider.ts";
import type { CloudState } from "./state.ts";

const balancersMax = 254;

/** The load balancer of an order: the one of its name as it is to be, or a new one; undefined when no address is left. */
export function balancerFor(order: BalancerOrder, state: CloudState, provider: Provider): Balancer | undefined {
  const before = state.balancers.find(({ name }) => name === order.name);
  const isTaken = (ip: string) => state.balancers.some((each) => balancerIps(each).includes(ip));
  const ips: string[] = [];
  for (const family of order.families ?? (["IPv4"] as const)) {
    const kept = before && balancerIps(before).find((ip) => familyOf(ip) === family);
    const ip = kept ?? addressOf(family, { provider, asked: order.ip, isTaken });
    if (ip === undefined) return undefined;
    ips.push(ip);
  }
  const [ip = "", ...additionalIps] = ips;
  return { ...order, ip, ...(additionalIps.length > 0 ? { additionalIps } : {}), ipMode: provider.ipMode };
}

interface Addressing {
  readonly provider: Provider;
  readonly asked: string | undefined;
  readonly isTaken: (ip: string) => boolean;
}

/** The address that is asked for, if it is there to be given, or the first that is free. */
function addressOf(family: IpFamily, { provider, asked, isTaken }: Addressing): string | undefined {
  const prefix = family === "IPv4" ? `${provider.balancerNetwork}.` : `${provider.balancerNetworkIpv6}::`;
  const wanted = asked !== undefined && (isIpv4(asked) || isIpv6(asked)) ? canonicalAddress(asked) : "";
  return wanted.startsWith(prefix) && !isTaken(wanted) ? wanted : firstFree(prefix, isTaken);
}

/** With this load balancer in the place of its namesake. */
export function withBalancer(state: CloudState, balancer: Balancer): CloudState {
  const others = state.balancers.filter(({ name }) => name !== balancer.name);
  return { ...state, balancers: [...others, balancer] };
}

function firstFree(prefix: string, isTaken: (ip: string) => boolean): string | undefined {
  for (let last = 1; last <= balancersMax; last++) {
    const ip = `${prefix}${prefix.includes(":") ? last.toString(16) : last}`;
    if (!isTaken(ip)) return ip;
  }
  return undefined;
}
