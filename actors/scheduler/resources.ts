import { millisOf, unitsOf } from "../api/quantity.ts";
import type { Container, Frozen, PodSpec } from "../api/types.ts";

/** Amounts of resources as plain numbers: CPU in thousandths, all else in whole units. The owner may add to them. */
export interface Resources {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Everything else by name (`nvidia.com/gpu`, `hugepages-2Mi`); absent is 0. */
  readonly extended: Map<string, number>;
}

/** A list of quantities as API objects write it. */
export type ResourceList = Frozen<Record<string, string>> | undefined;

/** What a container without a CPU request counts for in scores. */
const milliCpuAssumed = 100;
/** What a container without a memory request counts for in scores: 200 MiB. */
const memoryAssumed = 200 * 1024 * 1024;

/** No resources at all. */
export function noResources(): Resources {
  return { milliCpu: 0, memory: 0, ephemeralStorage: 0, extended: new Map() };
}

/** The amounts that a list of quantities writes; `pods` is no amount a pod asks for and is left out. */
export function toResources(list: ResourceList): Resources {
  const resources = noResources();
  for (const [name, quantity] of Object.entries(list ?? {})) {
    if (name === "cpu") resources.milliCpu = millisOf(quantity);
    else if (name === "memory") resources.memory = unitsOf(quantity);
    else if (name === "ephemeral-storage") resources.ephemeralStorage = unitsOf(quantity);
    else if (name !== "pods") resources.extended.set(name, unitsOf(quantity));
  }
  return resources;
}

/** Adds `amount` times `sign` to `total`; an extended resource that comes to 0 is forgotten. */
export function addResources(total: Resources, amount: Resources, sign: 1 | -1 = 1): void {
  total.milliCpu += sign * amount.milliCpu;
  total.memory += sign * amount.memory;
  total.ephemeralStorage += sign * amount.ephemeralStorage;
  if (amount.extended.size === 0) return;
  for (const [name, value] of amount.extended) {
    const sum = (total.extended.get(name) ?? 0) + sign * value;
    if (sum === 0) total.extended.delete(name);
    else total.extended.set(name, sum);
  }
}

function raiseTo(total: Resources, least: Resources): void {
  total.milliCpu = Math.max(total.milliCpu, least.milliCpu);
  total.memory = Math.max(total.memory, least.memory);
  total.ephemeralStorage = Math.max(total.ephemeralStorage, least.ephemeralStorage);
  for (const [name, value] of least.extended) {
    total.extended.set(name, Math.max(total.extended.get(name) ?? 0, value));
  }
}

/**
 * What a pod asks of its node: its containers and sidecars together, or its hungriest init container beside the
 * sidecars that were started before it, if that is more; then the requests of the pod as a whole and its overhead.
 */
export function podRequests(spec: Frozen<PodSpec>): Resources {
  return sumRequests(spec, (container) => toResources(container.resources?.requests));
}

/** The same for scores, where a container that asks for no CPU or memory still counts for some. */
export function podRequestsAssumed(spec: Frozen<PodSpec>): Resources {
  return sumRequests(spec, (container) => {
    const requests = container.resources?.requests;
    const resources = toResources(requests);
    if (requests?.cpu === undefined) resources.milliCpu = milliCpuAssumed;
    if (requests?.memory === undefined) resources.memory = memoryAssumed;
    return resources;
  });
}

function sumRequests(spec: Frozen<PodSpec>, requestsOf: (container: Frozen<Container>) => Resources): Resources {
  const total = noResources();
  for (const container of spec.containers) addResources(total, requestsOf(container));
  const sidecars = noResources();
  const starting = noResources();
  for (const container of spec.initContainers ?? []) {
    const requests = requestsOf(container);
    if (container.restartPolicy === "Always") {
      addResources(total, requests);
      addResources(sidecars, requests);
      raiseTo(starting, sidecars);
    } else {
      addResources(requests, sidecars);
      raiseTo(starting, requests);
    }
  }
  raiseTo(total, starting);
  replaceByPodLevel(total, (spec as PodLevelResources).resources?.requests);
  addResources(total, toResources(spec.overhead));
  return total;
}

/** Requests of the pod as a whole, which kubernetes-types does not know yet. */
interface PodLevelResources {
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

function replaceByPodLevel(total: Resources, list: ResourceList): void {
  if (list === undefined) return;
  const podLevel = toResources(list);
  if (list.cpu !== undefined) total.milliCpu = podLevel.milliCpu;
  if (list.memory !== undefined) total.memory = podLevel.memory;
  for (const [name, value] of podLevel.extended) total.extended.set(name, value);
}
