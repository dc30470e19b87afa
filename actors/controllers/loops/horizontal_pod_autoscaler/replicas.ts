import { millisOf } from "../../../api/quantity.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { groupPods, type PodMetric, type PodMetrics } from "./pod_groups.ts";

/** What is known of a target when its replicas are worked out. */
export interface Target {
  readonly pods: readonly Frozen<Pod>[];
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly nowMs: number;
  /** Default: the same for both. */
  readonly tolerance?: Tolerance | undefined;
}

/** What is measured may be so much more, or less, than what is wanted: shares of that. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** How many replicas there should be, and what is used now: in thousandths for each pod, and where it is asked in percent. */
export interface Proposal {
  readonly replicas: number;
  readonly usage: number;
  readonly utilization?: number;
}

/** Which resource of which container, and how much is wanted. */
export interface ResourceWish {
  readonly resource: string;
  /** Empty: of the whole pod. */
  readonly container: string;
  /** Percent of what is requested. */
  readonly utilization: number;
}

/** As Kubernetes' controller has it where an autoscaler says nothing. */
export const toleranceDefault = 0.1;
const noPods = "no pods returned by selector while calculating replica count";
const noMetrics = "did not receive metrics for targeted pods (pods might be unready)";

function isWithin(ratio: number, { tolerance }: Pick<Target, "tolerance">): boolean {
  const { up, down } = tolerance ?? { up: toleranceDefault, down: toleranceDefault };
  return 1 - down <= ratio && ratio <= 1 + up;
}

/** How many replicas a resource asks for whose use is to be a share of what pods request. */
export function replicasByUtilization(
  target: Target,
  { resource, container, utilization: wanted }: ResourceWish,
  metrics: PodMetrics,
): Result<Proposal, string> {
  const requests = requestsOf(target.pods, resource, container);
  if (target.pods.length === 0) return failed(noPods);
  const sorted = sortedOut(target, metrics, resource);
  if (!sorted.ok) return sorted;
  if (!requests.ok) return requests;
  const ratioOf = (values: ReadonlyMap<string, number>) => utilizationOf(values, requests.value, wanted);
  const first = ratioOf(sorted.value.measured);
  if (!first.ok) return first;
  const { ratio, utilization, usage } = first.value;
  const least = (name: string) => ((requests.value.get(name) ?? 0) * Math.max(100, wanted)) / 100;
  const replicas = decide(target, sorted.value, {
    ratio,
    assumed: least,
    ratioOf: (all) => okRatio(ratioOf(all), ratio),
  });
  return ok({ replicas, usage, utilization });
}

/** How many replicas a metric asks for of which each pod is to have so much, in thousandths. */
export function replicasByAverage(
  target: Target,
  { resource, wanted }: { readonly resource: string; readonly wanted: number },
  metrics: PodMetrics,
): Result<Proposal, string> {
  if (target.pods.length === 0) return failed(noPods);
  const sorted = sortedOut(target, metrics, resource);
  if (!sorted.ok) return sorted;
  const usageOf = (values: ReadonlyMap<string, number>) => Math.trunc(sum(values) / values.size);
  const usage = usageOf(sorted.value.measured);
  const replicas = decide(target, sorted.value, {
    ratio: usage / wanted,
    assumed: () => wanted,
    ratioOf: (values) => usageOf(values) / wanted,
  });
  return ok({ replicas, usage });
}

/** How many replicas one value asks for that all pods share, in thousandths, when it is to be `wanted`. */
export function replicasByValue(target: Target, usage: number, wanted: number): Proposal {
  const ratio = usage / wanted;
  if (target.specReplicas === 0) return { replicas: Math.ceil(ratio), usage };
  if (isWithin(ratio, target)) return { replicas: target.specReplicas, usage };
  const ready = target.pods.filter(({ status }) => isReady(status)).length;
  return { replicas: Math.ceil(ratio * ready), usage };
}

/** The same when the value's share of each pod is to be `wanted`. */
export function replicasByShare(target: Target, usage: number, wanted: number): Proposal {
  const { statusReplicas } = target;
  const ratio = usage / (wanted * statusReplicas);
  const replicas = isWithin(ratio, target) ? statusReplicas : Math.ceil(usage / wanted);
  return { replicas, usage: statusReplicas === 0 ? 0 : Math.ceil(usage / statusReplicas) };
}

function isReady(status: Frozen<Pod>["status"]): boolean {
  return (
    status.phase === "Running" &&
    status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true
  );
}

interface Sorted {
  /** Of pods that count, in thousandths. */
  readonly measured: ReadonlyMap<string, number>;
  readonly ready: number;
  readonly unready: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
}

function sortedOut(target: Target, metrics: PodMetrics, resource: string): Result<Sorted, string> {
  const { ready, unready, missing, ignored } = groupPods(target.pods, { metrics, resource, nowMs: target.nowMs });
  const counts = ([name]: readonly [string, PodMetric]) => !ignored.has(name) && !unready.has(name);
  const measured = new Map([...metrics].filter(counts).map(([name, { value }]) => [name, value] as const));
  return measured.size === 0 ? failed(noMetrics) : ok({ measured, ready, unready, missing });
}

interface Ratios {
  /** Of what is used to what is wanted. */
  readonly ratio: number;
  /** What a pod of which nothing is measured is taken to use when others use little. */
  assumed(name: string): number;
  ratioOf(values: ReadonlyMap<string, number>): number;
}

/** Pods that are not measured damp what is decided, and never turn it round. */
function decide(target: Target, sorted: Sorted, { ratio, assumed, ratioOf }: Ratios): number {
  const { specReplicas } = target;
  const { measured, ready, unready, missing } = sorted;
  const growsWithUnready = unready.size > 0 && ratio > 1;
  if (!growsWithUnready && missing.size === 0) return isWithin(ratio, target) ? specReplicas : Math.ceil(ratio * ready);
  const values = new Map(measured);
  if (ratio < 1) for (const name of missing) values.set(name, assumed(name));
  if (ratio > 1) for (const name of missing) values.set(name, 0);
  if (growsWithUnready) for (const name of unready) values.set(name, 0);
  const next = ratioOf(values);
  if (isWithin(next, target) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1)) return specReplicas;
  const replicas = Math.ceil(next * values.size);
  const isTurned = (next < 1 && replicas > specReplicas) || (next > 1 && replicas < specReplicas);
  return isTurned ? specReplicas : replicas;
}

interface Utilization {
  readonly ratio: number;
  readonly utilization: number;
  readonly usage: number;
}

function utilizationOf(
  values: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number>,
  wanted: number,
): Result<Utilization, string> {
  const known = [...values].filter(([name]) => requests.has(name));
  const used = known.reduce((all, [, value]) => all + value, 0);
  const requested = known.reduce((all, [name]) => all + (requests.get(name) ?? 0), 0);
  if (requested === 0) return failed("no metrics returned matched known pods");
  const utilization = Math.trunc((used * 100) / requested);
  return ok({ ratio: utilization / wanted, utilization, usage: Math.trunc(used / known.length) });
}

function okRatio(result: Result<Utilization, string>, otherwise: number): number {
  return result.ok ? result.value.ratio : otherwise;
}

/** What the pods request of a resource, in thousandths; all containers have to say it. */
function requestsOf(
  pods: readonly Frozen<Pod>[],
  resource: string,
  container: string,
): Result<ReadonlyMap<string, number>, string> {
  const requests = new Map<string, number>();
  for (const { metadata, spec } of pods) {
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
    let total = 0;
    for (const each of [...spec.containers, ...sidecars]) {
      if (container !== "" && each.name !== container) continue;
      const request = each.resources?.requests?.[resource];
      if (request === undefined) {
        return failed(`missing request for ${resource} in container ${each.name} of Pod ${metadata.name}`);
      }
      total += millisOf(request);
    }
    requests.set(metadata.name, total);
  }
  return ok(requests);
}

function sum(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((all, each) => all + each, 0);
}
