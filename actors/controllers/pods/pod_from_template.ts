import { newControllerRef } from "../../api/owner_references.ts";
import { type Frozen, type KubeObject, type Pod, type PodSpec, type PodTemplateSpec, thaw } from "../../api/types.ts";

/** The pod that a controller makes from its template. */
export function podFromTemplate(
  template: Frozen<PodTemplateSpec>,
  { owner, name }: { readonly owner: Frozen<KubeObject>; readonly name: string },
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? "",
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [newControllerRef(owner)],
    },
    spec: thaw(template.spec ?? { containers: [] }) as PodSpec,
    status: {},
  };
}
