import { type EndpointSlice, jsonEqual, type Node, type Service } from "../../actors/api/types.ts";
import type { ComputerData } from "../../actors/computer/data.ts";
import { createChangeTracker } from "../../actors/kube_proxy/change_tracker.ts";
import type { KubeProxyData } from "../../actors/kube_proxy/data.ts";
import type { ServicePortRule } from "../../actors/kube_proxy/messages.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { Address } from "../../runtime/mod.ts";
import { trafficParts } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";

const zoneLabel = "topology.kubernetes.io/zone";

/**
 * At rest, the rules that each kube-proxy has brought into force are those that the store's Services and slices make:
 * looked up in its node's computer, whatever the kube-proxy believes.
 */
export const proxyRulesEqualSlices: Invariant = {
  name: "the rules of every node equal the endpoints",
  watch: (world) => ({
    end() {
      if (!trafficParts(world.definition.topology).proxies) return undefined;
      for (const address of world.simulation.addresses()) {
        if (!address.startsWith("kube-proxy/")) continue;
        const data = world.simulation.dataOf(address) as KubeProxyData | undefined;
        if (!data) return `${address} does not run`;
        if (data.sync.outcome !== "applied") return `${address} has rules that are not in force: ${data.sync.outcome}`;
        const { node } = data.input;
        const fresh = createChangeTracker(node);
        fresh.setZone(world.get<Node>(`/registry/minions/${node}`)?.metadata.labels?.[zoneLabel]);
        for (const each of world.list<Service>("/registry/services/specs/")) fresh.setService(each);
        for (const each of world.list<EndpointSlice>("/registry/endpointslices/")) fresh.setSlice(each);
        fresh.take();
        const has = rulesOf(world.simulation, data.input.computer);
        const wrong = has ? difference(fresh.rules, has) : "the computer does not run";
        if (wrong) return `On ${node}: ${wrong}`;
      }
      return undefined;
    },
  }),
};

function rulesOf(simulation: Simulation, computer: Address): Rules | undefined {
  return (simulation.dataOf(computer) as ComputerData | undefined)?.rules.rules;
}

type Rules = ReadonlyMap<string, ServicePortRule>;

function difference(wanted: Rules, has: Rules): string | undefined {
  for (const [name, rule] of wanted) {
    const found = has.get(name);
    if (!found) return `there is no rule for ${name}`;
    if (!jsonEqual(rule, found)) return `${name} leads to ${targetsOf(found)}, its endpoints are ${targetsOf(rule)}`;
  }
  const extra = [...has.keys()].find((name) => !wanted.has(name));
  return extra && `there is a rule for ${extra}, which is gone`;
}

function targetsOf({ cluster, local }: ServicePortRule): string {
  return JSON.stringify({ cluster, local });
}
