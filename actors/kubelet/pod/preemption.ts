import { podQosClass, podRequests } from "../../api/pod.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { grantedPod } from "./granted.ts";
import type { PodRecord } from "./pod_record.ts";

/** From this priority on a pod is one that its cluster cannot do without. */
const systemCritical = 2_000_000_000;
/** The lesser go first. */
const classes = ["BestEffort", "Burstable", "Guaranteed"] as const;

/** How much of a resource is missing: thousandths of a processor, else units. */
export interface Requirement {
  readonly resource: string;
  readonly quantity: number;
}

/** Somebody who may have to make room. */
export interface Occupant {
  readonly pod: Frozen<Pod>;
  /** It is run by its kubelet's own manifest. */
  readonly isStatic: boolean;
}

/** A pod that is here as somebody who may have to make room, by what was granted it. */
export function occupantOf(record: PodRecord): Occupant & { readonly record: PodRecord } {
  return { pod: grantedPod(record), isStatic: record.mirror !== undefined, record };
}

/** Whether a node makes room for a pod, and evicts it for no lack of anything. */
export function isCritical({ pod, isStatic }: Occupant): boolean {
  return isStatic || (pod.spec.priority ?? 0) >= systemCritical;
}

function isPreemptable(by: Occupant, who: Occupant): boolean {
  if (isCritical(by) && !isCritical(who)) return true;
  const [higher, lower] = [by.pod.spec.priority, who.pod.spec.priority];
  return higher !== undefined && lower !== undefined && higher > lower;
}

/**
 * Who has to go so that a critical pod has what it lacks, in the order in which they go: none of a better class where
 * those of a lesser one do, few rather than many, the small rather than the big. Fails, in Kubernetes' words, where all
 * of them together have not enough.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/
 */
export function whoMakesRoom<Who extends Occupant>(
  by: Occupant,
  occupants: readonly Who[],
  lacking: readonly Requirement[],
): Result<readonly Who[], string> {
  const lesser = occupants.filter((each) => isPreemptable(by, each));
  if (without(lacking, lesser).length > 0) return notEnough(without(lacking, lesser));
  const [bestEffort, burstable, guaranteed] = classes.map((name) =>
    lesser.filter(({ pod }) => podQosClass(pod.spec) === name),
  ) as [Who[], Who[], Who[]];
  const last = nearest(guaranteed, without(lacking, [...bestEffort, ...burstable]));
  if (!last.ok) return last;
  const next = nearest(burstable, without(lacking, [...bestEffort, ...last.value]));
  if (!next.ok) return next;
  const first = nearest(bestEffort, without(lacking, [...next.value, ...last.value]));
  return first.ok ? ok([...first.value, ...next.value, ...last.value]) : first;
}

/** Those whose requests come nearest to what is missing, one after the other until nothing is. */
function nearest<Who extends Occupant>(all: readonly Who[], lacking: readonly Requirement[]) {
  const left = [...all];
  const chosen: Who[] = [];
  for (let missing = lacking; missing.length > 0; missing = without(missing, chosen.slice(-1))) {
    if (left.length === 0) return notEnough(missing);
    let best = 0;
    for (let at = 1; at < left.length; at++) if (isNearer(left[at], left[best], missing)) best = at;
    chosen.push(...left.splice(best, 1));
  }
  return ok(chosen);
}

function isNearer(one: Occupant | undefined, other: Occupant | undefined, missing: readonly Requirement[]): boolean {
  if (!one || !other) return one !== undefined;
  const [mine, theirs] = [distance(one, missing), distance(other, missing)];
  if (mine !== theirs) return mine < theirs;
  for (const resource of ["memory", "cpu"]) {
    const [my, their] = [requestOf(one, resource), requestOf(other, resource)];
    if (my !== their) return my < their;
  }
  return true;
}

/** How far from enough somebody's requests are, each resource as a share of what is missing of it. */
function distance(who: Occupant, missing: readonly Requirement[]): number {
  let sum = 0;
  for (const { resource, quantity } of missing) {
    const rest = quantity - requestOf(who, resource);
    if (rest > 0) sum += (rest / quantity) ** 2;
  }
  return sum;
}

function requestOf({ pod }: Occupant, resource: string): number {
  return resource === "pods" ? 1 : (podRequests(pod.spec).get(resource) ?? 0);
}

function without(lacking: readonly Requirement[], gone: readonly Occupant[]): readonly Requirement[] {
  return lacking.flatMap(({ resource, quantity }) => {
    const left = gone.reduce((sum, each) => sum - requestOf(each, resource), quantity);
    return left > 0 ? [{ resource, quantity: left }] : [];
  });
}

function notEnough(missing: readonly Requirement[]) {
  const told = missing.map(({ resource, quantity }) => `(res: ${resource}, q: ${quantity}), `).join("");
  return failed(
    `preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [${told}]`,
  );
}
