import type { EndpointSlice, Frozen, Node, Pod, Service } from "../../actors/api/types.ts";
import { familyOf } from "../../actors/kit/ip_number.ts";
import { networkPlan } from "../../scenarios/cluster/network_plan.ts";
import type { Invariant } from "../engine/invariant.ts";

/**
 * Addresses are of the families that are told of them: a Service's follow its families one by one, a slice has none but
 * those of its type, and nodes and pods have one of each family of the cluster, in its order.
 */
export const addressesAreOfTheirFamily: Invariant = {
  name: "addresses are of their family",
  watch(world) {
    const { families } = networkPlan(world.definition.topology);
    return {
      commit({ key, object }) {
        const wrong = object && wrongIn(key, object, families.join());
        return wrong && `${key} ${wrong}`;
      },
    };
  },
};

function wrongIn(key: string, object: unknown, families: string): string | undefined {
  if (key.startsWith("/registry/services/specs/")) return wrongService(object as Frozen<Service>, families);
  if (key.startsWith("/registry/endpointslices/")) return wrongSlice(object as Frozen<EndpointSlice>);
  if (key.startsWith("/registry/pods/")) {
    const ips = (object as Frozen<Pod>).status.podIPs?.flatMap(({ ip }) => ip ?? []) ?? [];
    return ips.length === 0 ? undefined : wrongList(ips, families);
  }
  if (!key.startsWith("/registry/minions/")) return undefined;
  const { spec, status } = object as Frozen<Node>;
  const own = (status.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address);
  return wrongList(spec.podCIDRs ?? [], families) ?? (own.length === 0 ? undefined : wrongList(own, families));
}

function wrongList(addresses: readonly string[], families: string): string | undefined {
  const found = addresses.map(familyOf).join();
  return found === families ? undefined : `has [${addresses}], and its cluster is of ${families}`;
}

function wrongService({ spec }: Frozen<Service>, families: string): string | undefined {
  if (spec.type === "ExternalName") return undefined;
  const { clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const told = `${ipFamilyPolicy} [${ipFamilies}]`;
  if (clusterIPs[0] !== "None" && clusterIPs.map(familyOf).join() !== ipFamilies.join()) {
    return `has [${clusterIPs}], and tells ${told}`;
  }
  const isSingle = ipFamilyPolicy === "SingleStack";
  const hasSelector = Object.keys(spec.selector ?? {}).length > 0;
  const isShort = ipFamilyPolicy === "RequireDualStack" && ipFamilies.length < 2;
  if (isSingle ? ipFamilies.length > 1 : isShort) return `tells ${told}`;
  const isForeign = hasSelector && ipFamilies.some((family) => !families.split(",").includes(family));
  return isForeign ? `tells ${told}, and its cluster is of ${families}` : undefined;
}

function wrongSlice({ addressType, endpoints }: Frozen<EndpointSlice>): string | undefined {
  const all = (endpoints ?? []).flatMap(({ addresses }) => addresses);
  const other = addressType === "FQDN" ? undefined : all.find((ip) => familyOf(ip) !== addressType);
  return other && `is of ${addressType}, and has ${other}`;
}
