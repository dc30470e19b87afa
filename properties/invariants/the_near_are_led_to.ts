import type { EndpointSlice, Node, Service } from "../../actors/api/types.ts";
import type { ComputerData } from "../../actors/computer/data.ts";
import type { ServicePortRule, Target } from "../../actors/kube_proxy/messages.ts";
import { trafficParts } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

/** What a Service offers, as its slices tell. */
interface Offer {
  readonly ip: string;
  readonly node: string;
}

/**
 * At rest every node leads what is sent to a Service to all that are ready, and, where the Service asks for it, to those
 * on the node only: told from the slices without what makes the rules.
 */
export const theNearAreLedTo: Invariant = {
  name: "nodes lead to what is ready, or near",
  watch: (world) => ({
    end() {
      if (!trafficParts(world.definition.topology).proxies) return undefined;
      for (const { metadata } of world.list<Node>("/registry/minions/")) {
        const data = world.simulation.dataOf(`computer/${metadata.name}`) as ComputerData | undefined;
        for (const service of world.list<Service>("/registry/services/specs/")) {
          for (const rule of data?.rules.rules.values() ?? []) {
            const { name, family = "IPv4" } = rule;
            if (name.split(":")[0] !== `${service.metadata.namespace}/${service.metadata.name}`) continue;
            const wrong = wrongRule(rule, offersOf(world, service, family), metadata.name);
            if (wrong) return `On ${metadata.name} ${name} (${family}) ${wrong}`;
          }
        }
      }
      return undefined;
    },
  }),
};

function offersOf(
  world: World,
  { metadata }: Pick<Service, "metadata"> | { metadata: object },
  family: string,
): readonly Offer[] {
  const { namespace, name } = metadata as { namespace?: string; name?: string };
  return world
    .list<EndpointSlice>("/registry/endpointslices/")
    .filter((each) => each.metadata.namespace === namespace)
    .filter((each) => each.metadata.labels?.["kubernetes.io/service-name"] === name)
    .filter(({ addressType }) => addressType === family)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready)
    .map(({ addresses, nodeName = "" }) => ({ ip: addresses[0] ?? "", node: nodeName }));
}

function wrongRule(rule: ServicePortRule, offers: readonly Offer[], node: string): string | undefined {
  const isNear = rule.internalPolicy === "Local";
  const near = offers.filter((each) => each.node === node);
  const [wide, narrow] = [difference(rule.cluster, offers), difference(rule.local, near)];
  if (wide && (!isNear || rule.cluster.length > 0)) return `leads anywhere ${wide}`;
  return narrow && (isNear || rule.local.length > 0) ? `leads nearby ${narrow}` : undefined;
}

function difference(targets: readonly Target[], offers: readonly Offer[]): string | undefined {
  const [has, wants] = [targets, offers].map((all) => [...new Set(all.map(({ ip }) => ip))].sort().join(", "));
  return has === wants ? undefined : `to [${has}], there are [${wants}]`;
}
