import { type Frozen, jsonEqual, type KubeObject } from "../../api/types.ts";
import type { Admitting } from "./_plugin.ts";

/** Whether an update changes nothing but what keeps an object from being removed, and for whom. */
export function isOfGarbageCollection({ old, draft }: Admitting): boolean {
  if (!old || !draft) return false;
  const rest = ({ metadata, ...others }: Frozen<KubeObject>) => {
    const { ownerReferences: _owners, finalizers: _finalizers, managedFields: _managers, ...kept } = metadata;
    return { ...others, metadata: { ...kept, resourceVersion: "" } };
  };
  return jsonEqual(rest(old), rest(draft as Frozen<KubeObject>));
}
