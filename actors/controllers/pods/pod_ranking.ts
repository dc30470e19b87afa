import { getCondition } from "../../api/conditions.ts";
import { isPodReady } from "../../api/pod.ts";
import { parseTime } from "../../api/time.ts";
import type { Frozen, Pod } from "../../api/types.ts";

const deletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";
const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** What pods are compared by, read once for each. */
interface Ranked {
  readonly pod: Frozen<Pod>;
  /** How many pods of the same application share its node. */
  readonly crowd: number;
  readonly isAssigned: boolean;
  readonly phase: number;
  readonly isReady: boolean;
  readonly cost: number;
  readonly readySince: string | undefined;
  readonly readyAgeRank: number | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly ageRank: number | undefined;
}

/**
 * The pods in the order in which a controller gives them up: first those that run nowhere yet, or are not ready, or
 * are cheap, or crowd a node, or are young; as Kubernetes ranks active pods. Ages count by powers of two, so that
 * which of many pods of about one age goes first is arbitrary, and not always the newest (KEP 2185).
 */
export function podsToGiveUp(
  pods: readonly Frozen<Pod>[],
  { related, nowMs }: { readonly related: readonly Frozen<Pod>[]; readonly nowMs: number },
): Frozen<Pod>[] {
  const crowds = new Map<string, number>();
  for (const { spec } of related) if (spec.nodeName) crowds.set(spec.nodeName, (crowds.get(spec.nodeName) ?? 0) + 1);
  return pods
    .map((pod) => rank(pod, { crowd: crowds.get(pod.spec.nodeName ?? "") ?? 0, nowMs }))
    .sort(compare)
    .map(({ pod }) => pod);
}

function rank(pod: Frozen<Pod>, { crowd, nowMs }: { crowd: number; nowMs: number }): Ranked {
  const isReady = isPodReady(pod);
  const ready = isReady ? getCondition(pod.status.conditions, "Ready")?.lastTransitionTime : undefined;
  const cost = Number(pod.metadata.annotations?.[deletionCostAnnotation] ?? "0");
  return {
    pod,
    crowd,
    isReady,
    isAssigned: (pod.spec.nodeName ?? "") !== "",
    phase: phaseRank[pod.status.phase ?? "Pending"] ?? 0,
    cost: Number.isSafeInteger(cost) ? cost : 0,
    readySince: ready,
    readyAgeRank: ageRank(ready, nowMs),
    restarts: mostRestarts(pod.status.containerStatuses),
    sidecarRestarts: mostRestarts(sidecarStatuses(pod)),
    ageRank: ageRank(pod.metadata.creationTimestamp, nowMs),
  };
}

function ageRank(time: string | undefined, nowMs: number): number | undefined {
  const sinceMs = time === undefined ? undefined : parseTime(time);
  if (sinceMs === undefined) return undefined;
  return nowMs > sinceMs ? Math.floor(Math.log2((nowMs - sinceMs) * 1e6)) : -1;
}

function sidecarStatuses({ spec, status }: Frozen<Pod>): readonly { readonly restartCount: number }[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  if (sidecars.length === 0) return [];
  return (status.initContainerStatuses ?? []).filter(({ name }) => sidecars.some((each) => each.name === name));
}

function mostRestarts(statuses: readonly { readonly restartCount: number }[] = []): number {
  return statuses.reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
}

/** Negative when `a` is given up before `b`. */
function compare(a: Ranked, b: Ranked): number {
  if (a.isAssigned !== b.isAssigned) return a.isAssigned ? 1 : -1;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.isReady !== b.isReady) return a.isReady ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.crowd !== b.crowd) return b.crowd - a.crowd;
  // Of two that are ready for about as long, chance decides, whatever else they are.
  if (a.isReady && a.readySince !== b.readySince) return byAge(a.readyAgeRank, b.readyAgeRank) || byUid(a, b);
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.sidecarRestarts !== b.sidecarRestarts) return b.sidecarRestarts - a.sidecarRestarts;
  if (a.ageRank !== b.ageRank) return byAge(a.ageRank, b.ageRank);
  return byUid(a, b);
}

function byUid(a: Ranked, b: Ranked): number {
  const [left, right] = [a.pod.metadata.uid ?? "", b.pod.metadata.uid ?? ""];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Without a time comes first, then the younger. */
function byAge(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  return (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY);
}
