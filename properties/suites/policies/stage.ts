import type { ComputerInput } from "../../../actors/computer/messages.ts";
import type { KubeProxyInput } from "../../../actors/kube_proxy/messages.ts";
import type { KubeletInput } from "../../../actors/kubelet/messages.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { modelCast } from "../../../scenarios/cluster/cast.ts";
import { computerAddress, kubeletAddress, nodeName, proxyOf } from "../../../scenarios/cluster/topology.ts";
import type { InvariantWatch, Violation } from "../../engine/invariant.ts";
import { crashFreeRule, isFrozen, type RunResult, resultOf } from "../../engine/run.ts";
import type { RunDefinition } from "../../engine/run_definition.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import { createWorld } from "../../engine/world.ts";
import { modelApi, modelApiAddress } from "../model/api.ts";
import type { ModelApiData } from "../model/data.ts";
import { createFeed } from "../model/feed.ts";
import type { ModelApiInput } from "../model/messages.ts";
import { policiesInvariants } from "./rules.ts";
import type { PoliciesRun } from "./run.ts";

/** What a node refuses to begin its kubelet tries again after a while, and a computer without rules is noticed by then. */
const settleMs = 75_000;
const clusterCidr = "10.244.0.0/16";
const nodeIpOf = (index: number): string => `172.18.1.${index + 1}`;

/** Performs a run: what pods may do is looked at as they begin, and when all has come to rest. */
export function performPolicies(run: PoliciesRun, options: SuiteOptions = {}): RunResult {
  const { seed, faults, healAtMs, nodes } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  let watches: readonly (readonly [name: string, watch: InvariantWatch])[] = [];
  let violation: Violation | undefined;
  const report = (property: string, details: string | undefined) => {
    if (details !== undefined) violation ??= { property, details, atMs: simulation.uptimeMs() };
  };
  const { actors, devices } = modelCast({
    observe: (event) => {
      for (const [name, watch] of watches) report(name, watch.runtime?.(event));
    },
  });
  const cast = { actors: [...actors, modelApi], devices };
  const simulation = createSimulation({ cast, seed, faults, journalMax, freeze });
  options.begin?.(simulation);
  const topology = { nodes, stores: 1, apiservers: 1, proxies: true } as const;
  const definition: RunDefinition = { seed, topology, workload: [], faults, healAtMs };
  const world = createWorld(definition, simulation);
  watches = policiesInvariants.map((each) => [each.name, each.watch(world)] as const);
  const feed = createFeed(world);
  simulation.onStep((address) => {
    if (address === modelApiAddress)
      feed(simulation.dataOf(modelApiAddress) as ModelApiData, (commit) => {
        for (const [name, watch] of watches) report(name, watch.commit?.(commit));
      });
    for (const [name, watch] of watches) report(name, watch.step?.(address));
    if (simulation.failures().length > 0) report(crashFreeRule, simulation.failures()[0]?.reason);
  });
  spawnAll(run, simulation);
  const isBroken = () => violation !== undefined;
  if (!simulation.runUntil(isBroken, healAtMs)) {
    simulation.faults.heal();
    if (!simulation.runUntil(isBroken, healAtMs + settleMs))
      for (const [name, watch] of watches) report(name, watch.end?.());
  }
  options.inspect?.(simulation);
  return resultOf(simulation, violation);
}

function spawnAll({ workload: deeds, lapses, nodes }: PoliciesRun, simulation: Simulation) {
  const restartsMax = 10_000;
  const ofApi: ModelApiInput = { deeds, lapses };
  simulation.spawnNow({ name: modelApiAddress, kind: modelApi.kind, input: ofApi });
  for (let index = 0; index < nodes; index++) {
    const [node, nodeIp] = [nodeName(index), nodeIpOf(index)];
    const [computer, kubelet, kubeProxy] = [computerAddress(index), kubeletAddress(index), proxyOf(node)];
    const apiServers = [modelApiAddress];
    const ofComputer: ComputerInput = { node, nodeIps: [nodeIp], kubelet, kubeProxy, routes: [], hosts: {} };
    const podCidr = `10.244.${index}.0/24`;
    const ofKubelet: KubeletInput = { node, apiServers, computer, podCidr, hostIp: nodeIp };
    const ofProxy: KubeProxyInput = { node, apiServers, computer, clusterCidr };
    simulation.spawnNow({ name: computer, kind: "computer", input: ofComputer, restartsMax });
    simulation.spawnNow({ name: kubelet, kind: "kubelet", input: ofKubelet, restartsMax });
    simulation.spawnNow({ name: kubeProxy, kind: "kube_proxy", input: ofProxy, restartsMax });
  }
}
