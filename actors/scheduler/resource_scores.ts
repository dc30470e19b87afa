import type { ScoredResource, ScoringStrategy } from "./configuration/arguments.ts";
import type { NodeInfo } from "./node_info.ts";
import type { PodInfo } from "./pod_info.ts";
import type { Resources } from "./resources.ts";

/** Scores a node for a pod, from 0 to 100. */
export type ResourceScore = (pod: PodInfo, node: NodeInfo) => number;

const scoreMax = 100;
/** Of the points of a shape. */
const shapeScoreMax = 10;
const cpuAndMemory: readonly ScoredResource[] = [{ name: "cpu" }, { name: "memory" }];

/** What one strategy makes of a resource of which a pod's node would have so much in use. */
type OneScore = (requested: number, allocatable: number) => number;

/** The score of NodeResourcesFit by its strategy. */
export function resourceScore(strategy: ScoringStrategy = {}): ResourceScore {
  const { type = "LeastAllocated", resources = [] } = strategy;
  const isDefault = type === "LeastAllocated" && resources.length === 0;
  if (isDefault) return leastAllocated;
  const scored = resources.length === 0 ? cpuAndMemory : resources;
  const shape = strategy.requestedToCapacityRatio?.shape ?? [];
  if (type === "LeastAllocated") return weighed(scored, { one: free, isRounded: false, countsZero: true });
  if (type === "MostAllocated") return weighed(scored, { one: used, isRounded: false, countsZero: true });
  const one: OneScore = (requested, allocatable) =>
    along(shape, requested > allocatable ? scoreMax : Math.trunc((requested * scoreMax) / allocatable));
  return weighed(scored, { one, isRounded: true, countsZero: false });
}

/** The usual one, which every pod's every node is asked for. */
function leastAllocated({ requestsAssumed }: PodInfo, { allocatable, requestedAssumed }: NodeInfo): number {
  const cpu = free(requestedAssumed.milliCpu + requestsAssumed.milliCpu, allocatable.milliCpu);
  const memory = free(requestedAssumed.memory + requestsAssumed.memory, allocatable.memory);
  const counted = (allocatable.milliCpu > 0 ? 1 : 0) + (allocatable.memory > 0 ? 1 : 0);
  return counted === 0 ? 0 : Math.trunc((cpu + memory) / counted);
}

interface Weighing {
  readonly one: OneScore;
  readonly isRounded: boolean;
  /** Whether a resource that scores 0 weighs. */
  readonly countsZero: boolean;
}

function weighed(resources: readonly ScoredResource[], { one, isRounded, countsZero }: Weighing): ResourceScore {
  return (pod, node) => {
    let [sum, weights] = [0, 0];
    for (const { name, weight = 1 } of resources) {
      const allocatable = amountOf(node.allocatable, name);
      const own = amountOf(pod.requestsAssumed, name);
      // What a pod does not ask for says nothing of where it should go, but for CPU and memory.
      if (allocatable === 0 || (own === 0 && isScalar(name))) continue;
      const score = one(amountOf(node.requestedAssumed, name) + own, allocatable);
      if (score === 0 && !countsZero) continue;
      sum += score * weight;
      weights += weight;
    }
    if (weights === 0) return 0;
    return isRounded ? Math.round(sum / weights) : Math.trunc(sum / weights);
  };
}

/** The share of a resource that would be left, from 0 to 100. */
function free(requested: number, allocatable: number): number {
  if (allocatable <= 0 || requested > allocatable) return 0;
  return Math.trunc(((allocatable - requested) * scoreMax) / allocatable);
}

/** The share that would be in use. */
function used(requested: number, allocatable: number): number {
  return Math.trunc((Math.min(requested, allocatable) * scoreMax) / allocatable);
}

/** What a shape's points say of a utilization, between two of them on the straight line. */
function along(
  shape: readonly { readonly utilization: number; readonly score: number }[],
  utilization: number,
): number {
  const scale = scoreMax / shapeScoreMax;
  const next = shape.findIndex((point) => utilization <= point.utilization);
  const [to, from] = [shape[next], shape[next - 1]];
  if (next < 0) return (shape.at(-1)?.score ?? 0) * scale;
  if (!to || !from) return (to?.score ?? 0) * scale;
  const rise = (to.score - from.score) * scale * (utilization - from.utilization);
  return from.score * scale + Math.trunc(rise / (to.utilization - from.utilization));
}

/** Whether a resource is one of those that nodes have by name alone: extended ones, huge pages, volumes. */
function isScalar(name: string): boolean {
  return name !== "cpu" && name !== "memory" && name !== "ephemeral-storage";
}

function amountOf({ milliCpu, memory, ephemeralStorage, extended }: Readonly<Resources>, name: string): number {
  if (name === "cpu") return milliCpu;
  if (name === "memory") return memory;
  return name === "ephemeral-storage" ? ephemeralStorage : (extended.get(name) ?? 0);
}

/** How even a node's resources would be in use: NodeResourcesBalancedAllocation's score. */
export function balanceScore(resources: readonly ScoredResource[] = []): ResourceScore {
  if (resources.length === 0) return evenCpuAndMemory;
  return ({ requests }, { allocatable, requested }) => {
    const shares: number[] = [];
    for (const { name } of resources) {
      const [all, own] = [amountOf(allocatable, name), amountOf(requests, name)];
      if (all > 0 && (own > 0 || !isScalar(name))) shares.push(Math.min(1, (amountOf(requested, name) + own) / all));
    }
    return Math.trunc((1 - deviation(shares)) * scoreMax);
  };
}

function evenCpuAndMemory({ requests }: PodInfo, { allocatable, requested }: NodeInfo): number {
  if (allocatable.milliCpu === 0 || allocatable.memory === 0) return scoreMax;
  const cpu = Math.min(1, (requested.milliCpu + requests.milliCpu) / allocatable.milliCpu);
  const memory = Math.min(1, (requested.memory + requests.memory) / allocatable.memory);
  return Math.trunc((1 - Math.abs(cpu - memory) / 2) * scoreMax);
}

function deviation(shares: readonly number[]): number {
  if (shares.length < 2) return 0;
  if (shares.length === 2) return Math.abs((shares[0] ?? 0) - (shares[1] ?? 0)) / 2;
  const mean = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  return Math.sqrt(shares.reduce((sum, each) => sum + (each - mean) ** 2, 0) / shares.length);
}
