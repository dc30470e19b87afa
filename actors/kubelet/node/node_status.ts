import { isExtendedResource } from "../../api/extended_resources.ts";
import { type Fields, type Frozen, jsonEqual, type Node, type NodeCondition } from "../../api/types.ts";

type NodeStatus = Frozen<Node["status"]>;
type Amounts = Readonly<Record<string, string>>;

/**
 * What has to be written of a node's status, beside its conditions, so that it says what its kubelet knows; undefined
 * when nothing is amiss, the conditions included. Resources that others say the node has stay, and all of each can be
 * allocated.
 */
export function statusRepair(before: NodeStatus, wanted: NodeStatus): Fields | undefined {
  const { capacity = {} } = before;
  const allocatable = { ...extendedOf(capacity), ...wanted.allocatable };
  const gone = Object.keys(before.allocatable ?? {}).filter(
    (each) => isExtendedResource(each) && !(each in allocatable),
  );
  const repair: Fields = {};
  if (differs(capacity, wanted.capacity)) repair.capacity = wanted.capacity;
  if (gone.length > 0 || differs(before.allocatable, allocatable)) {
    repair.allocatable = { ...allocatable, ...Object.fromEntries(gone.map((each) => [each, null])) };
  }
  for (const field of ["addresses", "daemonEndpoints", "features", "nodeInfo", "runtimeHandlers"] as const) {
    if (!jsonEqual(before[field], wanted[field])) repair[field] = wanted[field];
  }
  // Until its runtime has listed them, a kubelet that has come back says nothing of its images.
  if (wanted.images && !jsonEqual(before.images ?? [], wanted.images)) repair.images = wanted.images;
  const isAmiss = wanted.conditions?.some((each) => !isSaid(each, before.conditions ?? []));
  return isAmiss || Object.keys(repair).length > 0 ? repair : undefined;
}

function extendedOf(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([resource]) => isExtendedResource(resource)));
}

function differs(before: Amounts = {}, wanted: Amounts = {}): boolean {
  return Object.entries(wanted).some(([resource, amount]) => before[resource] !== amount);
}

/** Whether a condition is there already; when it was last heard of does not count. */
function isSaid({ type, status, reason, message }: Frozen<NodeCondition>, before: Frozen<NodeCondition[]>): boolean {
  const old = before.find((each) => each.type === type);
  return old?.status === status && old.reason === reason && old.message === message;
}

/**
 * A status as it is patched: addresses are merged by their type, of which one of each family is alike; a node without
 * images has no list of them.
 */
export function patchOf(status: object): Fields {
  const { addresses, images } = status as { readonly [field in "addresses" | "images"]?: readonly object[] };
  const replaced = addresses ? { addresses: [...addresses, { $patch: "replace" }] } : {};
  return { ...status, ...replaced, ...(images?.length === 0 ? { images: null } : {}) };
}
