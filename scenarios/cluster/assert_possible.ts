import { readFeatureGates } from "../../actors/api/feature_gates.ts";
import { assertEvictions } from "./assert_evictions.ts";
import type { NetworkPlan } from "./network_plan.ts";
import type { Topology } from "./topology.ts";

/**
 * Refuses a cluster that cannot be.
 *
 * @throws Error that says what of it is wrong, and what to give instead
 */
export function assertPossible(topology: Topology, { families, nodesMax }: NetworkPlan) {
  const { nodes, controlPlanes = 0, stores, apiservers, schedulers = 1, managers = 1, clouds = [] } = topology;
  const limits: readonly [what: string, count: number, least: number, most: number][] = [
    ["nodes", nodes, 0, nodesMax - controlPlanes],
    ["nodes of the control plane", controlPlanes, 0, 5],
    ["store replicas", stores, 1, 5],
    ["API servers", apiservers, 1, 5],
    ["schedulers", schedulers, 0, 9],
    ["controller managers", managers, 0, 9],
  ];
  for (const [what, count, least, most] of limits) {
    if (Number.isInteger(count) && count >= least && count <= most) continue;
    throw new Error(`Cannot make a cluster with ${count} ${what}: give a whole number from ${least} to ${most}`);
  }
  assertEvictions(topology.evictionHard);
  const gates = readFeatureGates((topology.featureGates ?? []).map((name) => `${name}=true`).join(","));
  if (!gates.ok) throw new Error(`Cannot make a cluster with these feature gates: ${gates.failure}`);
  if (new Set(clouds.map(({ provider }) => provider)).size < clouds.length) {
    throw new Error("Cannot make a cluster with a provider twice: name each once");
  }
  if (topology.realRuntime && !families.includes("IPv4")) {
    throw new Error(
      "Cannot make a cluster of IPv6 alone with pods in containerd: they have addresses of IPv4, give both",
    );
  }
  if (topology.outsideStore && stores !== 1) {
    throw new Error(`Cannot make a cluster with an etcd outside and ${stores} store replicas: give 1, which asks it`);
  }
  if (stores % 2 === 0) throw new Error(`Cannot make a cluster with ${stores} store replicas: give 1, 3 or 5`);
}
