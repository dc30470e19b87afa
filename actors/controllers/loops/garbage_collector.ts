import type { KindDefinition } from "../../api/kind.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { byOwner } from "../../client/object_store.ts";
import { defineLoop, type Listers, type Turn, watch } from "../loop.ts";
import {
  collectedKinds,
  dependentsOf,
  foregroundFinalizer,
  type Item,
  itemKey,
  itemOf,
  kindOf,
  type Owners,
  orphanFinalizer,
  orphansDependents,
  ownersOf,
  waitsForDependents,
} from "../ownership/owners.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";
import { together } from "../pods/slow_start.ts";

interface Observed {
  readonly owners: Owners;
  readonly dependents: readonly Item[];
}

interface Difference extends Observed {
  readonly item: Item;
  /** What is to be done with it. */
  readonly fate: "keep" | "unblock" | "orphan" | "detach" | "deleteInForeground" | "delete";
}

/** Deletes what has lost all its owners, in the background, in the foreground, or not at all (orphans). */
export const garbageCollector = defineLoop<Item, Observed, Difference>({
  name: "garbage-collector",
  component: "generic-garbage-collector",
  workersMax: 20,
  watches: collectedKinds.map((kind) =>
    watch<KubeObject>({
      kind,
      indexes: { owner: byOwner },
      keys: (change, { listers }) => concernedBy(kind, change, listers),
    }),
  ),

  obtain: (key, listers) => itemOf(key, listers),

  observe(item, listers, { defect }) {
    const owners = ownersOf(item, listers, { byNameOnly: defect("ownersByNameOnly") });
    return { owners, dependents: dependentsOf(item.object.metadata.uid ?? "", listers) };
  },

  difference: (item, observed) => ({ item, ...observed, fate: fateOf(item, observed) }),

  reconcile(difference, turn): Plan {
    const { item, fate, dependents } = difference;
    switch (fate) {
      case "keep":
        return nothingToDo;
      case "unblock":
        return { actions: [withoutFinalizer(item, foregroundFinalizer)] };
      case "orphan": {
        const releases = dependents.map((each) => withoutOwners(each, [item.object.metadata.uid ?? ""]));
        return { actions: [...together(releases), withoutFinalizer(item, orphanFinalizer)] };
      }
      case "detach":
        return { actions: [...lookAgain(difference, turn), withoutOwners(item, goneOwners(difference))] };
      case "deleteInForeground":
      case "delete":
        return { actions: [...lookAgain(difference, turn), deletion(difference)] };
    }
  },
});

/** Whom a change may give a new fate: the object, those that it owned, and an owner that waits for it. */
function concernedBy(kind: KindDefinition, change: Change<KubeObject>, listers: Listers): string[] {
  const { type, object, previous } = change;
  const keys: string[] = [];
  const hasOwners = (object.metadata.ownerReferences?.length ?? 0) > 0;
  const waits = waitsForDependents(object);
  if (type !== "deleted" && (hasOwners || waits || orphansDependents(object))) keys.push(itemKey(kind, object));
  const hasLeft = type === "deleted" || (waits && (!previous || !waitsForDependents(previous)));
  if (hasLeft) {
    for (const each of dependentsOf(object.metadata.uid ?? "", listers)) keys.push(itemKey(each.kind, each.object));
  }
  for (const owned of previous ? [object, previous] : [object]) keys.push(...waitingOwners(owned, listers));
  return keys;
}

function waitingOwners({ metadata }: Frozen<KubeObject>, listers: Listers): string[] {
  return (metadata.ownerReferences ?? []).flatMap((reference) => {
    const kind = kindOf(reference);
    if (!kind) return [];
    const key = kind.namespaced ? `${metadata.namespace ?? ""}/${reference.name}` : reference.name;
    const owner = listers.of(kind).get(key) as Frozen<KubeObject> | undefined;
    return owner && waitsForDependents(owner) ? [itemKey(kind, owner)] : [];
  });
}

function fateOf({ object }: Item, { owners, dependents }: Observed): Difference["fate"] {
  if (orphansDependents(object)) return "orphan";
  const uid = object.metadata.uid ?? "";
  if (waitsForDependents(object)) {
    const isBlocked = dependents.some((each) => blocks(each.object, uid));
    return isBlocked ? "keep" : "unblock";
  }
  const { solid, absent, waiting } = owners;
  if (object.metadata.deletionTimestamp !== undefined || absent.length + waiting.length === 0) return "keep";
  if (solid.length > 0) return "detach";
  return waiting.length > 0 && dependents.length > 0 ? "deleteInForeground" : "delete";
}

function blocks({ metadata }: Frozen<KubeObject>, uid: string): boolean {
  return (metadata.ownerReferences ?? []).some((each) => each.uid === uid && each.blockOwnerDeletion === true);
}

/** A mirror may lag: that owners are gone is believed only when the server says so, too. */
function lookAgain({ owners }: Difference, { defect }: Turn): Action[] {
  if (defect("absentOwnersUnverified")) return [];
  const looks = owners.absent.map(({ reference, kind, namespace }): Action => {
    const { name, uid } = reference;
    return { op: "ensureAbsent", kind, namespace, name, ...(defect("ownersByNameOnly") ? {} : { uid }) };
  });
  return together(looks);
}

function goneOwners({ owners }: Difference): string[] {
  return [...owners.absent.map(({ reference }) => reference.uid), ...owners.waiting.map(({ uid }) => uid)];
}

function withoutOwners({ kind, object }: Item, uids: readonly string[]): Action {
  const { namespace, name, uid } = object.metadata;
  const patch = { metadata: { ownerReferences: uids.map((each) => ({ $patch: "delete", uid: each })), uid } };
  return { op: "patch", kind, namespace, name, patch, accept: ["NotFound"] };
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
