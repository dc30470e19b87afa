/**
 * Who owns an object, and which of its owners controls it.
 */
import type { Frozen, KubeObject, OwnerReference } from "./types.ts";

/** The reference to the controller of an object, if it has one. */
export function getControllerOf(object: Frozen<KubeObject>): Frozen<OwnerReference> | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether a controller of that kind may care for an object: it is that kind's, or nobody's. */
export function isOpenToController(object: Frozen<KubeObject>, kind: string): boolean {
  const controller = getControllerOf(object);
  return controller === undefined || controller.kind === kind;
}

/** A reference that makes `owner` the controller of what carries it; deleting `owner` in the foreground waits. */
export function newControllerRef(owner: Frozen<KubeObject>): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}
