import type { Frozen, KubeObject } from "../../api/types.ts";
import type { Listers } from "../loop.ts";
import { dependentsOf, type Item, waitsForDependents } from "./owners.ts";

/** Whether an object keeps the owner of this uid from going before it. */
export function blocks({ metadata }: Frozen<KubeObject>, uid: string): boolean {
  return (metadata.ownerReferences ?? []).some((each) => each.uid === uid && each.blockOwnerDeletion === true);
}

/** Circles of owners and dependents that an object is in, or may come to be in. */
export interface Circles {
  /** It waits for itself, by way of its dependents. */
  readonly waits: boolean;
  /**
   * If it is to go in the foreground, it would wait for its own owners: one of its dependents waits already. Kubernetes'
   * collector looks no further either, and may be wrong, which only costs an order of deletion.
   */
  readonly mayClose: boolean;
}

/** What circles there are around an object with these dependents. */
export function circlesAround(item: Item, dependents: readonly Item[], listers: Listers): Circles {
  return {
    waits: waitsForDependents(item.object) && waitsForItself(item, listers),
    mayClose: dependents.some(({ object }) => waitsForDependents(object)),
  };
}

/** Whether an object waits for dependents that wait for dependents ... that wait for it, so that none would ever go. */
function waitsForItself({ object }: Item, listers: Listers): boolean {
  const start = object.metadata.uid ?? "";
  const seen = new Set<string>();
  const open = [start];
  for (let uid = open.pop(); uid !== undefined; uid = open.pop()) {
    for (const dependent of dependentsOf(uid, listers)) {
      const { object: waiting } = dependent;
      const next = waiting.metadata.uid ?? "";
      if (!waitsForDependents(waiting) || !blocks(waiting, uid)) continue;
      if (next === start) return true;
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return false;
}
