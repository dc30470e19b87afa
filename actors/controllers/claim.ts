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
  const { owner, ownerKind, selector, kind, candidates } = options;
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
      else if (!ownerGoes) releases.push(releaseOf(kind, { object, owner }));
    } else if (selected && !ownerGoes && object.metadata.deletionTimestamp === undefined) {
      adoptions.push(adoptionOf(kind, { object, owner }));
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
}

function adoptionOf(kind: Kind, { object, owner }: Pair): Action {
  const { namespace, name, uid } = object.metadata;
  const patch = { metadata: { ownerReferences: [newControllerRef(owner)], uid } };
  return { op: "patch", kind, namespace, name, patch, accept: ["NotFound"] };
}

function releaseOf(kind: Kind, { object, owner }: Pair): Action {
  const { namespace, name, uid } = object.metadata;
  const patch = { metadata: { ownerReferences: [{ $patch: "delete", uid: owner.metadata.uid }], uid } };
  return { op: "patch", kind, namespace, name, patch, accept: ["NotFound", "Invalid"] };
}

/** The index of objects without a controller, by namespace. */
export const orphansByNamespace = (object: Frozen<KubeObject>): readonly string[] =>
  getControllerOf(object) === undefined ? [object.metadata.namespace ?? ""] : [];
