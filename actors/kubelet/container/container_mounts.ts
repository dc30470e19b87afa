import type { Container, Frozen, Pod } from "../../api/types.ts";
import type { ContainerMount } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { typeOf, volumePath } from "../volumes/_volumes_of.ts";
import type { Expander } from "./expansion.ts";

/** What a container finds where, of its pod's volumes as they were made. */
export function containerMounts(
  { volumeMounts = [] }: Frozen<Container>,
  { pod, expander, paths }: { readonly pod: Frozen<Pod>; readonly expander: Expander; readonly paths: VolumePaths },
): readonly ContainerMount[] {
  return volumeMounts.flatMap(({ name, mountPath, subPath, subPathExpr, readOnly = false }) => {
    const volume = pod.spec.volumes?.find((each) => each.name === name);
    const type = volume && typeOf(volume);
    if (!type) return [];
    const hostPath = paths.get(name) ?? volumePath(pod.metadata.uid ?? "", volume, type);
    const part = subPathExpr ? expander.word(subPathExpr) : subPath;
    const containerPath = mountPath.startsWith("/") ? mountPath : `/${mountPath}`;
    return [
      { containerPath, hostPath, isReadOnly: readOnly || type.isReadOnly, ...present({ subPath: part || undefined }) },
    ];
  });
}

/** Where volumes are that are not put into their pod's folder, by name. */
export type VolumePaths = ReadonlyMap<string, string>;
