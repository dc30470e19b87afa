/**
 * What a pod's fields mean together: readiness, availability, resources, quality of service.
 */
import { getCondition } from "./conditions.ts";
import { isPodLevelName, podLevelResources } from "./pod_level_resources.ts";
import type { Quantity } from "./quantity.ts";
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  millisOf,
  parseQuantity,
  unitsOf,
  zero,
} from "./quantity.ts";
import { elapsedMs } from "./time.ts";
import type { Container, Frozen, Pod, PodSpec } from "./types.ts";

/** Amounts by resource name. */
export type Resources = Map<string, Quantity>;

/** Whether the pod's Ready condition is true. */
export function isPodReady(pod: Frozen<Pod>): boolean {
  return getCondition(pod.status.conditions, "Ready")?.status === "True";
}

/** Whether the pod has been ready for at least `minReadySeconds`. */
export function isPodAvailable(pod: Frozen<Pod>, options: { minReadySeconds: number; nowMs: number }): boolean {
  const ready = getCondition(pod.status.conditions, "Ready");
  if (ready?.status !== "True") return false;
  if (options.minReadySeconds === 0) return true;
  if (ready.lastTransitionTime === undefined) return false;
  return elapsedMs(ready.lastTransitionTime, options.nowMs) >= options.minReadySeconds * 1000;
}

/** Whether all containers of the pod have ended and none will start again. */
export function isPodTerminated(pod: Frozen<Pod>): boolean {
  return pod.status.phase === "Succeeded" || pod.status.phase === "Failed";
}

/** Whether the pod counts for its controller: neither ended nor being deleted. */
export function isPodActive(pod: Frozen<Pod>): boolean {
  return !isPodTerminated(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** The pod's own hash label, by which a Deployment tells its generations of pods apart. */
export const podTemplateHashLabel = "pod-template-hash";

function amountsOf(container: Frozen<Container>, kind: "requests" | "limits"): Resources {
  const amounts: Resources = new Map();
  const written = container.resources?.[kind];
  for (const name in written) amounts.set(name, parseQuantity(written[name] ?? "") ?? zero);
  return amounts;
}

function addAll(target: Resources, source: Resources): void {
  for (const [name, amount] of source) target.set(name, addQuantities(target.get(name) ?? zero, amount));
}

function raiseAll(target: Resources, source: Resources): void {
  for (const [name, amount] of source) {
    if (compareQuantities(amount, target.get(name) ?? zero) > 0 || !target.has(name)) target.set(name, amount);
  }
}

/**
 * What the pod's containers take: their sum, or what its init containers need at their peak if that is more. Restartable
 * init containers (sidecars) run on beside the others.
 */
export function containerResources(spec: Frozen<PodSpec>, kind: "requests" | "limits"): Resources {
  const total: Resources = new Map();
  for (const container of spec.containers) addAll(total, amountsOf(container, kind));
  const sidecars: Resources = new Map();
  const peak: Resources = new Map();
  for (const container of spec.initContainers ?? []) {
    const amounts = amountsOf(container, kind);
    if (container.restartPolicy === "Always") {
      addAll(sidecars, amounts);
      addAll(total, amounts);
      raiseAll(peak, sidecars);
    } else {
      addAll(amounts, sidecars);
      raiseAll(peak, amounts);
    }
  }
  raiseAll(total, peak);
  return total;
}

/** What the pod takes in all: what its containers take or, where it says so, what it takes as a whole, and the overhead. */
export function podResources(spec: Frozen<PodSpec>, kind: "requests" | "limits"): Resources {
  const total = containerResources(spec, kind);
  for (const [name, amount] of Object.entries(podLevelResources(spec)?.[kind] ?? {})) {
    if (isPodLevelName(name)) total.set(name, parseQuantity(amount) ?? zero);
  }
  for (const name in spec.overhead) {
    // An overhead counts against a limit only where there is a limit.
    if (kind === "limits" && !total.has(name)) continue;
    addAll(total, new Map([[name, parseQuantity(spec.overhead[name] ?? "") ?? zero]]));
  }
  return total;
}

const requestsCache = new WeakMap<object, ReadonlyMap<string, number>>();

/** What the pod requests, as numbers: thousandths of a core for `cpu`, whole units for all else. */
export function podRequests(spec: Frozen<PodSpec>): ReadonlyMap<string, number> {
  const known = requestsCache.get(spec);
  if (known !== undefined) return known;
  const requests = new Map<string, number>();
  for (const [name, amount] of podResources(spec, "requests")) {
    const text = formatQuantity(amount);
    requests.set(name, name === "cpu" ? millisOf(text) : unitsOf(text));
  }
  // Only a frozen spec cannot change after it was counted.
  if (Object.isFrozen(spec)) requestsCache.set(spec, requests);
  return requests;
}

/** The quality of service that a pod's requests and limits earn it. */
export function podQosClass(spec: Frozen<PodSpec>): "Guaranteed" | "Burstable" | "BestEffort" {
  let any = false;
  let guaranteed = true;
  const whole = podLevelResources(spec);
  const parts = whole ? [{ resources: whole }] : [...spec.containers, ...(spec.initContainers ?? [])];
  for (const { resources } of parts) {
    for (const name of ["cpu", "memory"]) {
      const request = parseQuantity(resources?.requests?.[name] ?? "0") ?? zero;
      const limit = parseQuantity(resources?.limits?.[name] ?? "0") ?? zero;
      if (request.nanos > 0n || limit.nanos > 0n) any = true;
      if (limit.nanos === 0n || (request.nanos !== 0n && request.nanos !== limit.nanos)) guaranteed = false;
    }
  }
  if (!any) return "BestEffort";
  return guaranteed ? "Guaranteed" : "Burstable";
}
