import type { Frozen, Service } from "../../actors/api/types.ts";
import type { BalancerOrder } from "../../actors/cloud/messages.ts";
import { rentedIn } from "../engine/clouds_of_run.ts";
import type { Invariant } from "../engine/invariant.ts";

/** At rest each load balancer takes what comes at its Service's ports, leads it to the ports of nodes that this has, and lets in whom it names. */
export const loadBalancersAreAsAskedFor: Invariant = {
  name: "load balancers are as their Services ask for",
  watch: (world) => ({
    end() {
      for (const balancer of rentedIn(world).balancers) {
        const service = world.get<Service>(`/registry/services/specs/${balancer.service}`);
        if (service?.spec.type !== "LoadBalancer") continue;
        const [is, ought] = [textOf(balancer), textOf(askedBy(service))];
        if (is !== ought) return `the load balancer of ${balancer.service} has ${is}, its Service asks for ${ought}`;
      }
      return undefined;
    },
  }),
};

type Asked = Pick<BalancerOrder, "ports" | "sourceRanges">;

function askedBy({ spec }: Frozen<Service>): Asked {
  const ports = (spec.ports ?? []).map(({ port, nodePort = 0, protocol = "TCP" }) => ({ port, nodePort, protocol }));
  return { ports, sourceRanges: [...(spec.loadBalancerSourceRanges ?? [])] };
}

/** Their order says nothing. */
function textOf({ ports, sourceRanges }: Asked): string {
  const led = ports.map(({ protocol, port, nodePort }) => `${protocol} ${port} to ${nodePort}`);
  return `${led.sort().join(", ") || "no ports"} for ${[...sourceRanges].sort().join(", ") || "all"}`;
}
