import { compareQuantities, parseQuantity, zero } from "./quantity.ts";
import { type Container, type Frozen, jsonEqual, type Pod, type PodSpec } from "./types.ts";

type Amounts = Readonly<Record<string, string>>;

/**
 * A pod's spec with what its containers count for while they are resized: the most of what they are to have, what was
 * granted them and what they have; what can never be granted does not count. Where all have what they are to have, it
 * is the spec itself.
 */
export function heldSpec({ spec, status }: Pick<Frozen<Pod>, "spec" | "status">): Frozen<PodSpec> {
  const statuses = [...(status?.containerStatuses ?? none), ...(status?.initContainerStatuses ?? none)];
  const containers = [...spec.containers, ...(spec.initContainers ?? none)];
  const held = new Map<string, Amounts>();
  for (const { name, allocatedResources, resources } of statuses) {
    if (!allocatedResources) continue;
    const wanted = containers.find((each) => each.name === name)?.resources?.requests ?? {};
    const { requests: given = allocatedResources } = resources ?? {};
    if (jsonEqual(allocatedResources, wanted) && jsonEqual(given, wanted)) continue;
    held.set(name, most([allocatedResources, given, ...(isInfeasible(status) ? [] : [wanted])]));
  }
  if (held.size === 0) return spec;
  const counted = (container: Frozen<Container>) => {
    const requests = held.get(container.name);
    return requests ? { ...container, resources: { ...container.resources, requests } } : container;
  };
  const { initContainers } = spec;
  const init = initContainers ? { initContainers: initContainers.map(counted) } : {};
  return { ...spec, containers: spec.containers.map(counted), ...init };
}

const none: readonly never[] = [];

function most(all: readonly Amounts[]): Amounts {
  const amounts: Record<string, string> = {};
  for (const each of all) {
    for (const [name, amount] of Object.entries(each)) {
      const isMore = compareQuantities(amountOf(amount), amountOf(amounts[name] ?? "0")) > 0;
      if (isMore || amounts[name] === undefined) amounts[name] = amount;
    }
  }
  return amounts;
}

function amountOf(text: string) {
  return parseQuantity(text) ?? zero;
}

function isInfeasible({ conditions }: Frozen<Pod>["status"]): boolean {
  return conditions?.some(({ type, reason }) => type === "PodResizePending" && reason === "Infeasible") ?? false;
}
