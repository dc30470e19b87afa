import { imageOfVolume } from "../../api/image_volume.ts";
import type { Container, Frozen, Pod, VolumeMount } from "../../api/types.ts";
import type { ContainerMount } from "../../cri/messages.ts";
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { typeOf, volumePath } from "../volumes/_volumes_of.ts";
import type { Expander } from "./expansion.ts";

/** What a container finds where, of its pod's volumes as they were made; fails with the words of an event. */
export function containerMounts(
  { volumeMounts = [] }: Frozen<Container>,
  { pod, expander, paths }: { readonly pod: Frozen<Pod>; readonly expander: Expander; readonly paths: VolumePaths },
): Result<readonly ContainerMount[], string> {
  const mounts: ContainerMount[] = [];
  for (const mount of volumeMounts) {
    const { name, mountPath, subPath, subPathExpr, readOnly = false } = mount;
    const volume = pod.spec.volumes?.find((each) => each.name === name);
    const type = volume && typeOf(volume);
    const image = volume && imageOfVolume(volume)?.reference;
    if (!type && !image) continue;
    const missing = subPathExpr ? expander.missing(subPathExpr) : [];
    if (missing.length > 0) return failed(`missing value for ${missing.join(", ")}`);
    const part = subPathExpr ? expander.word(subPathExpr) : subPath;
    const wrong = part ? partProblem(part) : undefined;
    if (wrong !== undefined) return failed(wrong);
    const containerPath = mountPath.startsWith("/") ? mountPath : `/${mountPath}`;
    if (!type) {
      mounts.push({
        containerPath,
        hostPath: "",
        image: image ?? "",
        isReadOnly: true,
        ...(part ? { subPath: part } : {}),
      });
      continue;
    }
    const hostPath = paths.get(name) ?? volumePath(pod.metadata.uid ?? "", volume, type);
    const isReadOnly = readOnly || type.isReadOnly;
    const volumePart = part ? { subPath: part, volume: name } : {};
    const more = present({
      ...volumePart,
      isAllReadOnly: isAllReadOnly(mount) || undefined,
      propagation: propagationOf(mount),
    });
    mounts.push({ containerPath, hostPath, isReadOnly, ...more });
  }
  return ok(mounts);
}

function propagationOf({ mountPropagation }: Frozen<VolumeMount>): ContainerMount["propagation"] {
  const isShared = mountPropagation === "HostToContainer" || mountPropagation === "Bidirectional";
  return isShared ? mountPropagation : undefined;
}

/** The runtimes that there are can do it: what is only to be so where it is possible, is. */
export function isAllReadOnly({ readOnly = false, recursiveReadOnly }: Frozen<VolumeMount>): boolean {
  return readOnly && (recursiveReadOnly === "Enabled" || recursiveReadOnly === "IfPossible");
}

/** Why a part of a volume cannot be mounted: by its name it is none. */
function partProblem(path: string): string | undefined {
  if (path.startsWith("/")) return `error SubPath \`${path}\` must not be an absolute path`;
  if (path.split("/").includes("..")) return `unable to provision SubPath \`${path}\`: must not contain '..'`;
  return undefined;
}

/** Where volumes are that are not put into their pod's folder, by name. */
export type VolumePaths = ReadonlyMap<string, string>;
