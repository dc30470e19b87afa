import type { Frozen, Service } from "../types.ts";
import { countName, type Evaluator, one } from "./evaluator.ts";

const resource = "services";
const count = countName(resource);
const nodePorts = "services.nodeports";
const loadBalancers = "services.loadbalancers";
const names: ReadonlySet<string> = new Set([count, resource, nodePorts, loadBalancers]);

/** Counts Services, their node ports as they are meant to be, and their load balancers. */
export const services: Evaluator = {
  resource,
  countsUpdates: true,
  tracks: (name) => names.has(name),
  usage(object) {
    const { spec } = object as Frozen<Service>;
    const isBalanced = spec.type === "LoadBalancer";
    return new Map([
      [count, one],
      [resource, one],
      [nodePorts, times(nodePortsOf(spec))],
      [loadBalancers, times(isBalanced ? 1 : 0)],
    ]);
  },
  isInScope: () => false,
  missing: () => undefined,
};

const times = (number: number) => ({ ...one, nanos: one.nanos * BigInt(number) });

function nodePortsOf({ type, ports = [], allocateLoadBalancerNodePorts: allocates }: Frozen<Service>["spec"]): number {
  if (type === "NodePort") return ports.length;
  if (type !== "LoadBalancer") return 0;
  return allocates === false ? ports.filter(({ nodePort }) => nodePort).length : ports.length;
}
