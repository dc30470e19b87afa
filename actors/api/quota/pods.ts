import { isExtendedResource } from "../extended_resources.ts";
import { heldSpec } from "../held_spec.ts";
import { podQosClass, podResources } from "../pod.ts";
import type { Quantity } from "../quantity.ts";
import { parseTime } from "../time.ts";
import type { Container, Frozen, Pod, PodAffinityTerm } from "../types.ts";
import { countName, type Evaluator, matchesValue, one, type ScopeSelector } from "./evaluator.ts";

const resource = "pods";
const count = countName(resource);
const computed = ["cpu", "memory", "ephemeral-storage"];
/** What each container must say where a quota limits it: a mistake of old times, as Kubernetes' authors write. */
const mustSay: ReadonlySet<string> = new Set(["cpu", "memory"].flatMap((name) => namesOf(name)));
const names: ReadonlySet<string> = new Set([resource, count, ...computed.flatMap((name) => namesOf(name))]);
const hugePages = "hugepages-";

function namesOf(name: string): string[] {
  return [name, `requests.${name}`, `limits.${name}`];
}

/** Counts pods that have not ended and what they ask for. */
export const pods: Evaluator = {
  resource,
  tracks: (name) =>
    names.has(name) ||
    name.startsWith(hugePages) ||
    name.startsWith(`requests.${hugePages}`) ||
    (name.startsWith("requests.") && isExtendedResource(name.slice("requests.".length))),
  usage(object, nowMs) {
    const pod = object as Frozen<Pod>;
    const amounts = new Map<string, Quantity>([[count, one]]);
    if (!isCharged(pod, nowMs)) return amounts;
    amounts.set(resource, one);
    const spec = heldSpec(pod);
    addUsage(amounts, { requests: podResources(spec, "requests"), limits: podResources(spec, "limits") });
    return amounts;
  },
  isInScope: (object, selector) => isInScope(object as Frozen<Pod>, selector),
  missing: (object, limited) => missing(object as Frozen<Pod>, limited),
};

/** A pod that has ended, or whose time to end is over, uses nothing. */
function isCharged({ metadata, status }: Frozen<Pod>, nowMs: number): boolean {
  if (status?.phase === "Failed" || status?.phase === "Succeeded") return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= (parseTime(deletionTimestamp) ?? 0) + deletionGracePeriodSeconds * 1_000;
}

interface Asked {
  readonly requests: ReadonlyMap<string, Quantity>;
  readonly limits: ReadonlyMap<string, Quantity>;
}

function addUsage(amounts: Map<string, Quantity>, { requests, limits }: Asked): void {
  for (const [name, amount] of requests) {
    const isPaged = name.startsWith(hugePages);
    const isComputed = computed.includes(name);
    if (isComputed || isPaged) amounts.set(name, amount);
    if (isComputed || isPaged || isExtendedResource(name)) amounts.set(`requests.${name}`, amount);
  }
  for (const name of computed) {
    const limit = limits.get(name);
    if (limit) amounts.set(`limits.${name}`, limit);
  }
}

function isInScope(pod: Frozen<Pod>, selector: ScopeSelector): boolean {
  const { spec } = pod;
  switch (selector.scopeName) {
    case "Terminating":
      return (spec.activeDeadlineSeconds ?? -1) >= 0;
    case "NotTerminating":
      return (spec.activeDeadlineSeconds ?? -1) < 0;
    case "BestEffort":
      return podQosClass(spec) === "BestEffort";
    case "NotBestEffort":
      return podQosClass(spec) !== "BestEffort";
    case "PriorityClass":
      return matchesValue(selector, spec.priorityClassName || undefined);
    case "CrossNamespacePodAffinity":
      return termsOf(spec).some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector);
    default:
      return false;
  }
}

function termsOf({ affinity }: Frozen<Pod>["spec"]): Frozen<PodAffinityTerm>[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((each) => [
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
}

function missing({ spec }: Frozen<Pod>, limited: readonly string[]): string | undefined {
  const wanted = [...limited].filter((name) => mustSay.has(name)).sort();
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const texts = wanted.flatMap((name) => {
    const silent = containers.filter((container) => !says(container, name)).map((container) => container.name);
    return silent.length > 0 ? [`${name} for: ${[...new Set(silent)].sort().join(",")}`] : [];
  });
  return texts.length > 0 ? texts.join("; ") : undefined;
}

function says({ resources }: Frozen<Container>, name: string): boolean {
  const isLimit = name.startsWith("limits.");
  const amounts = isLimit ? resources?.limits : resources?.requests;
  return amounts !== undefined && Object.hasOwn(amounts, name.replace(/^(?:limits|requests)\./, ""));
}
