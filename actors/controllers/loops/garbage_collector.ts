import { customNames } from "../../api/custom/custom_names.ts";
import { type APIService, apiService } from "../../api/kinds/api_service.ts";
import { type CustomResourceDefinition, customResourceDefinition } from "../../api/kinds/custom_resource_definition.ts";
import { type Frozen, jsonEqual, type KubeObject } from "../../api/types.ts";
import type { Kind } from "../../client/api_request.ts";
import type { Change } from "../../client/informer.ts";
import { byOwner } from "../../client/object_store.ts";
import type { Report } from "../../client/report.ts";
import { defineLoop, type Listers, type Watch, watch } from "../loop.ts";
import { blocks, type Circles, circlesAround } from "../ownership/circles.ts";
import { lookAgain } from "../ownership/look_again.ts";
import {
  byOwnerKind,
  collectedKinds,
  dependentsOf,
  foregroundFinalizer,
  type Item,
  isBuiltIn,
  itemKey,
  itemOf,
  kindOf,
  kindsServed,
  type Owners,
  orphanFinalizer,
  orphansDependents,
  ownersElsewhere,
  ownersOf,
  referrersOf,
  waitsForDependents,
} from "../ownership/owners.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";
import { together } from "../pods/slow_start.ts";

interface Observed {
  readonly owners: Owners;
  readonly dependents: readonly Item[];
  readonly circles: Circles;
  /** What is to be told of owners in other namespaces, once each. */
  readonly reports: readonly Report[];
}

/** Of which references to other namespaces people have been told, by the key of the object. */
type Memory = Map<string, Set<string>>;

interface Difference extends Observed {
  readonly item: Item;
  /** What is to be done with it. */
  readonly fate: "keep" | "unblock" | "unblockOwners" | "orphan" | "detach" | "deleteInForeground" | "delete";
}

/** Deletes what has lost all its owners, in the background, in the foreground, or not at all (orphans). */
export const garbageCollector = defineLoop<Item, Observed, Difference, Memory>({
  name: "garbage-collector",
  component: "generic-garbage-collector",
  workersMax: 20,
  watches: collectedKinds.map((kind) => watch<KubeObject>(watchOf(kind))),

  derived: {
    from: [customResourceDefinition, apiService],
    watchesOf: (listers) => [
      ...[...listers.of<CustomResourceDefinition>(customResourceDefinition).values()].flatMap((definition) => {
        const [kind] = customNames(definition);
        return kind === undefined ? [] : [watchOf(kind)];
      }),
      ...kindsServed([...listers.of<APIService>(apiService).values()]).map(watchOf),
    ],
  },

  begin: () => new Map(),

  obtain(key, listers, { memory }) {
    const item = itemOf(key, listers);
    if (item === undefined) memory.delete(key);
    return item;
  },

  observe(item, listers, { memory }) {
    const owners = ownersOf(item, listers);
    const dependents = dependentsOf(item.object.metadata.uid ?? "", listers);
    const circles = circlesAround(item, dependents, listers);
    return { owners, dependents, circles, reports: newReports(item, listers, memory) };
  },

  difference: (item, observed) => ({ item, ...observed, fate: fateOf(item, observed) }),

  reconcile(difference): Plan {
    const { actions, ...others } = planFor(difference);
    const tells = difference.reports.map((report): Action => ({ op: "tell", ...difference.item, report }));
    return { ...others, actions: [...tells, ...actions] };
  },
});

function watchOf(kind: Kind): Watch {
  return {
    kind,
    indexes: { owner: byOwner, ownerKind: byOwnerKind, uid: ({ metadata }) => [metadata.uid ?? ""] },
    keys: (change, { listers }) => [
      ...concernedBy(kind, change, listers),
      ...(kind.kind === customResourceDefinition.kind ? concernedByDefinition(change, listers) : []),
    ],
  };
}

/** Until their kind is known, owners are taken to be there: now it can be found out. */
function concernedByDefinition({ type, object }: Change<KubeObject>, listers: Listers): string[] {
  if (type === "deleted") return [];
  const referrers = referrersOf(object as Frozen<CustomResourceDefinition>, listers);
  return referrers.map((each) => itemKey(each.kind, each.object));
}

function planFor(difference: Difference): Plan {
  const { item, fate, dependents, owners } = difference;
  switch (fate) {
    case "keep":
      return nothingToDo;
    case "unblockOwners":
      return { actions: [...(difference.circles.waits ? [] : lookAgain(owners)), withoutBlocking(item)] };
    case "unblock":
      return { actions: [withoutFinalizer(item, foregroundFinalizer)] };
    case "orphan": {
      const releases = dependents.map((each) => withoutOwners(each, [item.object.metadata.uid ?? ""]));
      return { actions: [...together(releases), withoutFinalizer(item, orphanFinalizer)] };
    }
    case "detach":
      return { actions: [...lookAgain(owners), withoutOwners(item, goneOwners(difference))] };
    case "deleteInForeground":
    case "delete":
      return { actions: [...lookAgain(owners), deletion(difference)] };
  }
}

function newReports(item: Item, listers: Listers, memory: Memory): Report[] {
  const elsewhere = ownersElsewhere(item, listers);
  const key = itemKey(item.kind, item.object);
  const told = memory.get(key) ?? new Set();
  const { uid: own = "", namespace = "" } = item.object.metadata;
  const fresh = elsewhere.filter(({ uid }) => !told.has(`${own}/${uid}`));
  if (elsewhere.length > 0) memory.set(key, new Set(elsewhere.map(({ uid }) => `${own}/${uid}`)));
  else memory.delete(key);
  return fresh.map(({ apiVersion, kind, name, uid }) => {
    const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    const message = `ownerRef ${owner} does not exist in namespace ${JSON.stringify(namespace)}`;
    return { about: item.object, type: "Warning", reason: "OwnerRefInvalidNamespace", message };
  });
}

/** Whom a change may give a new fate: the object, those that it owned, and an owner that waits for it. */
function concernedBy(kind: Kind, change: Change<KubeObject>, listers: Listers): string[] {
  const { type, object, previous } = change;
  const keys: string[] = [];
  const waits = waitsForDependents(object);
  const isConcerned = hasOtherOwners(object, previous) || waits || orphansDependents(object);
  if (type !== "deleted" && isConcerned) keys.push(itemKey(kind, object));
  // What is known of dependents elsewhere may be known only now that their owner is seen.
  if (type === "added") {
    for (const each of dependentsOf(object.metadata.uid ?? "", listers)) {
      const isElsewhere = kind.namespaced && each.object.metadata.namespace !== object.metadata.namespace;
      if (isElsewhere) keys.push(itemKey(each.kind, each.object));
    }
  }
  const hasLeft = type === "deleted" || (waits && (!previous || !waitsForDependents(previous)));
  if (hasLeft) {
    for (const each of dependentsOf(object.metadata.uid ?? "", listers)) keys.push(itemKey(each.kind, each.object));
  }
  for (const owned of previous ? [object, previous] : [object]) keys.push(...waitingOwners(owned, listers));
  return keys;
}

/** Whether who owns it is news: nearly all that is written of what has owners, a status or a lease, is of other things. */
function hasOtherOwners({ metadata }: Frozen<KubeObject>, previous?: Frozen<KubeObject>): boolean {
  const { ownerReferences = [], deletionTimestamp } = metadata;
  if (ownerReferences.length === 0) return false;
  if (previous === undefined || deletionTimestamp !== previous.metadata.deletionTimestamp) return true;
  return !jsonEqual(ownerReferences, previous.metadata.ownerReferences);
}

function waitingOwners({ metadata }: Frozen<KubeObject>, listers: Listers): string[] {
  return (metadata.ownerReferences ?? []).flatMap((reference) => {
    const kind = kindOf(reference, listers);
    if (!kind) return [];
    const key = kind.namespaced ? `${metadata.namespace ?? ""}/${reference.name}` : reference.name;
    const owner = listers.of(kind).get(key) as Frozen<KubeObject> | undefined;
    return owner && waitsForDependents(owner) ? [itemKey(kind, owner)] : [];
  });
}

function fateOf({ object }: Item, observed: Observed): Difference["fate"] {
  const { owners, dependents, circles } = observed;
  if (orphansDependents(object)) return "orphan";
  const uid = object.metadata.uid ?? "";
  if (waitsForDependents(object)) {
    const isBlocked = dependents.some((each) => blocks(each.object, uid));
    if (!isBlocked) return "unblock";
    return circles.waits ? "unblockOwners" : "keep";
  }
  const { solid, absent, waiting, unresolvable } = owners;
  if (unresolvable || object.metadata.deletionTimestamp !== undefined || absent.length + waiting.length === 0)
    return "keep";
  if (solid.length > 0) return "detach";
  if (waiting.length === 0 || dependents.length === 0) return "delete";
  const isBlocking = object.metadata.ownerReferences?.some(({ blockOwnerDeletion }) => blockOwnerDeletion === true);
  // The change of its references brings it back here, to be deleted.
  return isBlocking && circles.mayClose ? "unblockOwners" : "deleteInForeground";
}

function goneOwners({ owners }: Difference): string[] {
  return [...owners.absent.map(({ reference }) => reference.uid), ...owners.waiting.map(({ uid }) => uid)];
}

function withoutOwners({ kind, object }: Item, uids: readonly string[]): Action {
  const { namespace, name, uid, ownerReferences = [] } = object.metadata;
  const kept = ownerReferences.filter((each) => !uids.includes(each.uid));
  if (!isBuiltIn(kind)) return withReferences({ kind, object }, kept);
  const patch = { metadata: { ownerReferences: uids.map((each) => ({ $patch: "delete", uid: each })), uid } };
  return { op: "patch", kind, namespace, name, patch, accept: ["NotFound"] };
}

function withoutBlocking({ kind, object }: Item): Action {
  const { namespace, name, uid, ownerReferences = [] } = object.metadata;
  if (!isBuiltIn(kind)) {
    const free = ownerReferences.map((each) =>
      each.blockOwnerDeletion ? { ...each, blockOwnerDeletion: false } : each,
    );
    return withReferences({ kind, object }, free);
  }
  const blocking = ownerReferences.filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true);
  const unblocked = blocking.map((reference) => ({ uid: reference.uid, blockOwnerDeletion: false }));
  const patch = { metadata: { ownerReferences: unblocked, uid } };
  return { op: "patch", kind, namespace, name, patch, accept: ["NotFound"] };
}

/** Custom resources take no strategic merge patch: the whole list is written, if nobody has changed it meanwhile. */
function withReferences({ kind, object }: Item, ownerReferences: Frozen<KubeObject>["metadata"]["ownerReferences"]) {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  const patch = { metadata: { ownerReferences, uid, resourceVersion } };
  const contentType = "application/merge-patch+json";
  return { op: "patch", kind, namespace, name, patch, contentType, accept: ["NotFound"] } satisfies Action;
}

function withoutFinalizer({ kind, object }: Item, finalizer: string): Action {
  const { namespace, name, resourceVersion, finalizers = [] } = object.metadata;
  const patch = { metadata: { resourceVersion, finalizers: finalizers.filter((each) => each !== finalizer) } };
  const contentType = "application/merge-patch+json";
  return { op: "patch", kind, namespace, name, patch, contentType, accept: ["NotFound"] };
}

/** What it was itself asked to be deleted by decides for its dependents; by default they go in the background. */
function deletion({ item, fate }: Difference): Action {
  const { namespace, name, uid = "", resourceVersion = "", finalizers = [] } = item.object.metadata;
  const own = finalizers.includes(orphanFinalizer)
    ? "Orphan"
    : finalizers.includes(foregroundFinalizer)
      ? "Foreground"
      : "Background";
  const propagationPolicy = fate === "deleteInForeground" ? "Foreground" : own;
  return { op: "delete", kind: item.kind, namespace, name, uid, resourceVersion, propagationPolicy };
}
