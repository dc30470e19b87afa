import type { Topology } from "../../scenarios/cluster/topology.ts";
import { type Command, podsWantedAfter, wantedAfter, wantedSetsAfter } from "./command.ts";
import { podCpuMillis } from "./manifests.ts";
import { crewsAfter, type WantedCrew } from "./wanted_crews.ts";

/** What of a run a workload needs to come to its end. */
export interface NeedsPlace {
  readonly workload: readonly Command[];
  readonly topology: Topology;
}

/** What pods lack that are wanted in the end: room, nodes that they ask for, and nobody beside them. */
export function unmetPlaces({ workload, topology }: NeedsPlace): string[] {
  const crews = crewsAfter(workload);
  const room = unmetRoom({ workload, topology }, crews);
  // Rented nodes take pods that have no place elsewhere.
  if (topology.clouds) return room;
  const names = new Set(Array.from({ length: topology.nodes }, (_each, index) => `node-${index}`));
  return [
    ...room,
    ...unmetNodes(crews, names),
    ...unmetDistance(crews, topology.nodes),
    ...unmetLabels(workload, names),
  ];
}

/** How many pods there are to be is a matter of counting: all ask for the same. */
function unmetRoom({ workload, topology }: NeedsPlace, crews: readonly WantedCrew[]): string[] {
  const { nodes, nodeCapacity } = topology;
  if (nodeCapacity?.cpu === undefined) return [];
  const sets = [...wantedAfter(workload).values(), ...wantedSetsAfter(workload).values(), ...crews];
  const wanted = sets.reduce((sum, { replicas }) => sum + replicas, podsWantedAfter(workload).size);
  const room = nodes * Math.floor(Number.parseInt(nodeCapacity.cpu, 10) / podCpuMillis);
  return room < wanted ? ["there is no room for all pods"] : [];
}

function unmetNodes(crews: readonly WantedCrew[], names: ReadonlySet<string>): string[] {
  return crews.flatMap(({ key, replicas, spec: { affinity, nodeSelector } }) => {
    const host = nodeSelector?.["kubernetes.io/hostname"];
    if (host !== undefined && !names.has(host)) return [`${key} has no ${host}`];
    return affinity?.nodeAffinity !== undefined && names.size < 2 && replicas > 0 ? [`${key} has no other node`] : [];
  });
}

/** Pods that have a port of their node, or bear none of some others beside them, are on as many nodes as there are of them. */
function unmetDistance(crews: readonly WantedCrew[], nodes: number): string[] {
  const onPorts = new Map<number, number>();
  const sizes = new Map(crews.map(({ name, replicas }) => [name, replicas]));
  const lacks: string[] = [];
  for (const { key, name, replicas, spec } of crews) {
    for (const { hostPort } of (spec.containers ?? []).flatMap(({ ports = [] }) => ports)) {
      if (hostPort !== undefined) onPorts.set(hostPort, (onPorts.get(hostPort) ?? 0) + replicas);
    }
    const terms = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const others = terms.map(({ labelSelector }) => labelSelector?.matchLabels?.app ?? "");
    const beside = others.reduce((sum, app) => sum + (app === name ? 0 : (sizes.get(app) ?? 0)), 0);
    const own = others.includes(name) ? replicas : Math.min(replicas, 1);
    if (others.length > 0 && beside + own > nodes)
      lacks.push(`${key} has not enough nodes without those that it bears not`);
  }
  const full = [...onPorts]
    .filter(([, pods]) => pods > nodes)
    .map(([port]) => `port ${port} is wanted on more nodes than there are`);
  return [...lacks, ...full];
}

/** A Deployment that asks for labels has a node with them in the end. */
function unmetLabels(workload: readonly Command[], names: ReadonlySet<string>): string[] {
  const labelled = new Map<string, Record<string, string | null>>();
  for (const command of workload) {
    if (command.op !== "labelNode" || !names.has(command.name)) continue;
    labelled.set(command.name, { ...labelled.get(command.name), ...command.labels });
  }
  return workload.flatMap((command) => {
    if (command.op !== "create" || command.nodeSelector === undefined) return [];
    const asked = Object.entries(command.nodeSelector);
    const isThere = [...labelled.values()].some((has) => asked.every(([key, value]) => has[key] === value));
    return isThere ? [] : [`${command.name} has no node with its labels`];
  });
}
