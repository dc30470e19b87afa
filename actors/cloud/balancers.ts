import type { Balancer, BalancerOrder } from "./messages.ts";
import type { Provider } from "./provider.ts";
import type { CloudState } from "./state.ts";

const balancersMax = 254;

/** The load balancer of an order: the one of its name as it is to be, or a new one; undefined when no address is left. */
export function balancerFor(
  order: BalancerOrder,
  state: CloudState,
  { balancerNetwork, ipMode }: Provider,
): Balancer | undefined {
  const before = state.balancers.find(({ name }) => name === order.name);
  const isTaken = (ip: string) => state.balancers.some((each) => each.ip === ip);
  const isOurs = order.ip?.startsWith(`${balancerNetwork}.`) === true && !isTaken(order.ip);
  const ip = before?.ip ?? (isOurs ? order.ip : firstFree(balancerNetwork, isTaken));
  return ip === undefined ? undefined : { ...order, ip, ipMode };
}

/** With this load balancer in the place of its namesake. */
export function withBalancer(state: CloudState, balancer: Balancer): CloudState {
  const others = state.balancers.filter(({ name }) => name !== balancer.name);
  return { ...state, balancers: [...others, balancer] };
}

function firstFree(network: string, isTaken: (ip: string) => boolean): string | undefined {
  for (let last = 1; last <= balancersMax; last++) if (!isTaken(`${network}.${last}`)) return `${network}.${last}`;
  return undefined;
}
