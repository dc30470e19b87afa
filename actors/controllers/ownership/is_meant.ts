import type { Frozen, KubeObject } from "../../api/types.ts";

/** Whether an object of the right name is the one that a reference means: names are used again, uids are not. */
export function isMeant({ uid }: { readonly uid?: string }, { metadata }: Frozen<KubeObject>): boolean {
  return uid === undefined || metadata.uid === uid;
}
