import type { ComputerInput } from "../../../actors/computer/messages.ts";
import type { KubeProxyInput } from "../../../actors/kube_proxy/messages.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { modelCast } from "../../../scenarios/cluster/cast.ts";
import { computerAddress, dnsAddress, kubeletAddress, nodeName, proxyOf } from "../../../scenarios/cluster/topology.ts";
import { freshLookMs, freshLookRule, lookAnew } from "../../engine/fresh_look.ts";
import type { Violation } from "../../engine/invariant.ts";
import { crashFreeRule, isFrozen, type RunResult, resultOf } from "../../engine/run.ts";
import type { RunDefinition } from "../../engine/run_definition.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import { createWorld } from "../../engine/world.ts";
import { modelApi, modelApiAddress } from "../model/api.ts";
import type { ModelApiData } from "../model/data.ts";
import { createFeed } from "../model/feed.ts";
import type { ModelApiInput } from "../model/messages.ts";
import { servicesInvariants } from "./rules.ts";
import { nodeIpOf, nodeIpv6Of, type ServicesRun } from "./run.ts";

/** What was refused is tried again after half a minute, and a computer without rules is noticed by then. */
const [settleMs, calmSettleMs] = [45_000, 6_000];
const clusterCidr = "10.128.0.0/9,fd00:10:244::/48";

/** Performs a run: rules are held against what nodes and the DNS server make of it when all has come to rest. */
export function performServices(run: ServicesRun, options: SuiteOptions = {}): RunResult {
  const { seed, faults, healAtMs, nodes, lapses } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  const { actors, devices } = modelCast();
  const cast = { actors: [...actors, modelApi], devices };
  const simulation = createSimulation({ cast, seed, faults, journalMax, freeze });
  options.begin?.(simulation);
  const families = { ipFamilies: ["IPv4", "IPv6"], clusterCidr } as const;
  const topology = { nodes, stores: 1, apiservers: 1, proxies: true, dns: true, ...families } as const;
  const definition: RunDefinition = { seed, topology, workload: [], faults, healAtMs };
  const world = createWorld(definition, simulation);
  const watches = servicesInvariants.map((each) => [each.name, each.watch(world)] as const);
  const feed = createFeed(world);
  let violation: Violation | undefined;
  const report = (property: string, details: string | undefined) => {
    if (details !== undefined) violation ??= { property, details, atMs: simulation.uptimeMs() };
  };
  simulation.onStep((address) => {
    if (address === modelApiAddress)
      feed(simulation.dataOf(modelApiAddress) as ModelApiData, (commit) => {
        for (const [name, watch] of watches) report(name, watch.commit?.(commit));
      });
    if (simulation.failures().length > 0) report(crashFreeRule, simulation.failures()[0]?.reason);
  });
  spawnAll(run, simulation);
  const isBroken = () => violation !== undefined;
  const hasEnded = (atMs: number) => simulation.runUntil(isBroken, atMs);
  if (!hasEnded(healAtMs)) {
    simulation.faults.heal();
    const isCalm = faults.length + lapses.length === 0;
    if (!hasEnded(healAtMs + (isCalm ? calmSettleMs : settleMs))) {
      for (const [name, watch] of watches) report(name, watch.end?.());
      const look = lookAnew(simulation);
      if (!hasEnded(simulation.uptimeMs() + freshLookMs)) report(freshLookRule, look.difference());
    }
  }
  options.inspect?.(simulation);
  return resultOf(simulation, violation);
}

function spawnAll({ workload: deeds, lapses, nodes }: ServicesRun, simulation: Simulation) {
  const restartsMax = 10_000;
  const ofApi: ModelApiInput = { deeds, lapses, endMs: 100 };
  simulation.spawnNow({ name: modelApiAddress, kind: modelApi.kind, input: ofApi });
  for (let index = 0; index < nodes; index++) {
    const node = nodeName(index);
    const nodeIps = [nodeIpOf(index), nodeIpv6Of(index)];
    const ofComputer: ComputerInput = { node, nodeIps, kubelet: kubeletAddress(index), routes: [], hosts: {} };
    const computer = computerAddress(index);
    const ofProxy: KubeProxyInput = { node, apiServers: [modelApiAddress], computer, clusterCidr };
    simulation.spawnNow({ name: computer, kind: "computer", input: ofComputer, restartsMax });
    simulation.spawnNow({ name: proxyOf(node), kind: "kube_proxy", input: ofProxy, restartsMax });
  }
  simulation.spawnNow({ name: dnsAddress, kind: "dns", input: { servers: [modelApiAddress] }, restartsMax });
}
