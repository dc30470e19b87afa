import { matchesLabelSelector } from "../api/label_selector.ts";
import { getControllerOf, newControllerRef } from "../api/owner_references.ts";
import type { Frozen, KubeObject, LabelSelector } from "../api/types.ts";
import type { Kind } from "../client/api_request.ts";
import type { Action } from "./plan.ts";

/** Who claims what. */
export interface ClaimOptions<T extends KubeObject> {
  readonly owner: Frozen<KubeObject>;
  readonly ownerKind: Kind;
  readonly selector: Frozen<LabelSelector> | undefined;
  /** The kind of what is claimed. */
  readonly kind: Kind<T>;
  /** What the owner controls, and what has no controller. */
  readonly candidates: readonly Frozen<T>[];
  /** Put on what is adopted, and taken off what is released. Default none. */
  readonly finalizer?: string;
}

/** What belongs to an owner, and the writes that make it so. */
export interface Claim<T extends KubeObject> {
  readonly claimed: readonly Frozen<T>[];
  readonly actions: readonly Action[];
}

/**
 * Sorts out what an owner controls: it keeps what it controls and selects, adopts what it selects and nobody
 * controls, and releases what it controls but does not select any more. Before it adopts it makes sure, with a fresh
 * look, that it is not being deleted itself.
 */
export function claim<T extends KubeObject>(options: ClaimOptions<T>): Claim<T> {
  const { owner, ownerKind, selector, kind, candidates, finalizer } = options;
  const ownerGoes = owner.metadata.deletionTimestamp !== undefined;
  const claimed: Frozen<T>[] = [];
  const adoptions: Action[] = [];
  const releases: Action[] = [];
  for (const each of candidates) {
    // The generic object's fields, which TypeScript cannot see through `Frozen<T>`.
    const object = each as Frozen<KubeObject>;
    const controller = getControllerOf(object);
    const selected = matchesLabelSelector(selector, object.metadata.labels);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (selected) claimed.push(each);
      else if (!ownerGoes) releases.push(releaseOf(kind, { object, owner, finalizer }));
    } else if (selected && !ownerGoes && object.metadata.deletionTimestamp === undefined) {
      adoptions.push(adoptionOf(kind, { object, owner, finalizer }));
      claimed.push(each);
    }
  }
  if (adoptions.length > 0) adoptions.unshift(ownerIsAlive(ownerKind, owner));
  return { claimed, actions: [...adoptions, ...releases] };
}

function ownerIsAlive(kind: Kind, owner: Frozen<KubeObject>): Action {
  const { namespace, name, uid = "" } = owner.metadata;
  return { op: "ensureAlive", kind, namespace, name, uid };
}

interface Pair {
  readonly object: Frozen<KubeObject>;
  readonly owner: Frozen<KubeObject>;
  readonly finalizer: string | undefined;
}

function adoptionOf(kind: Kind, { object, owner, finalizer }: Pair): Action {
  const { namespace, name, uid } = object.metadata;
  const finalizers = finalizer === undefined ? {} : { finalizers: [finalizer] };
  const patch = { metadata: { ownerReferences: [newControllerRef(owner)], uid, ...finalizers } };
  // Who is gone by now, or another one, is none of the owner's: what was planned with it is planned anew.
  return { op: "patch", kind, namespace, name, patch };
}

function releaseOf(kind: Kind, { object, owner, finalizer }: Pair): Action {
  const { namespace, name, uid } = object.metadata;
  const ownerReferences = [{ $patch: "delete", uid: owner.metadata.uid }];
  const patch = { metadata: { ownerReferences, uid, ...(finalizer !== undefined && withoutFinalizer(finalizer)) } };
  return { op: "patch", kind, namespace, name, patch, accept: ["NotFound", "Invalid"] };
}

/** What a strategic merge patch says in `metadata` to take a finalizer off. */
export const withoutFinalizer = (finalizer: string): Readonly<Record<string, readonly string[]>> => ({
  "$deleteFromPrimitiveList/finalizers": [finalizer],
});

/** The index of objects without a controller, by namespace. */
export const orphansByNamespace = (object: Frozen<KubeObject>): readonly string[] =>
  getControllerOf(object) === undefined ? [object.metadata.namespace ?? ""] : [];
