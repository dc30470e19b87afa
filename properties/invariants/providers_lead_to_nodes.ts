import type { Frozen, Node } from "../../actors/api/types.ts";
import type { CloudState } from "../../actors/cloud/state.ts";
import { familyOf } from "../../actors/kit/ip_number.ts";
import { providersOf } from "../engine/clouds_of_run.ts";
import type { Invariant } from "../engine/invariant.ts";

const excluding = "node.kubernetes.io/exclude-from-external-load-balancers";

/** At rest load balancers send to just the nodes that their provider has, and routes lead to just the pods of those. */
export const providersLeadToNodes: Invariant = {
  name: "providers lead to the nodes that there are",
  watch: (world) => ({
    end() {
      const nodes = world.list<Node>("/registry/minions/");
      return providersOf(world).flatMap(([provider, state]) => misled(state, ofProvider(nodes, provider)) ?? [])[0];
    },
  }),
};

function ofProvider(nodes: readonly Frozen<Node>[], provider: string): readonly Frozen<Node>[] {
  return nodes.filter(({ spec }) => spec.providerID?.startsWith(`${provider}://`));
}

function misled({ balancers, routes }: CloudState, nodes: readonly Frozen<Node>[]): string | undefined {
  const targets = nodes
    .filter(({ metadata }) => metadata.labels?.[excluding] === undefined)
    .flatMap(({ status }) => status.addresses?.filter(({ type }) => type === "InternalIP") ?? [])
    .map(({ address }) => address);
  for (const { service, nodes: sentTo, families = ["IPv4"] } of balancers) {
    const ofFamilies = targets.filter((ip) => families.includes(familyOf(ip)));
    const difference = differenceOf(sentTo, ofFamilies);
    if (difference) return `the load balancer of ${service} sends to ${difference}`;
  }
  const led = routes.map(({ node, cidr }) => `${node} ${cidr}`);
  const wanted = nodes.flatMap(({ metadata, spec }) =>
    (spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : [])).map((cidr) => `${metadata.name} ${cidr}`),
  );
  const difference = differenceOf(led, wanted);
  return difference && `routes lead to ${difference}`;
}

/** Their order says nothing. */
function differenceOf(found: readonly string[], wanted: readonly string[]): string | undefined {
  const [is, ought] = [found, wanted].map((each) => [...new Set(each)].sort().join());
  return is === ought ? undefined : `[${is}], it ought to be [${ought}]`;
}
