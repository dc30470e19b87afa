import type { VolumeFile } from "../../computer/messages.ts";
import { fieldOf, resourceOf } from "../container/downward.ts";
import { bytesOf, type VolumeContext } from "./_volume_type.ts";

/** A file whose content is of the pod itself. */
export interface DownwardFile {
  readonly path: string;
  readonly mode?: number;
  readonly fieldRef?: { readonly fieldPath: string };
  readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string; readonly divisor?: string };
}

/** The files of the downward API. */
export function downwardFiles(
  items: readonly DownwardFile[],
  { context, defaultMode }: { readonly context: VolumeContext; readonly defaultMode: number },
): readonly VolumeFile[] {
  return items.map((item) => ({
    path: item.path,
    data: bytesOf(contentOf(item, context)),
    mode: item.mode ?? defaultMode,
  }));
}

function contentOf({ fieldRef, resourceFieldRef }: DownwardFile, { pod, hostIps, allocatable }: VolumeContext): string {
  if (fieldRef) return fieldOf(fieldRef.fieldPath, { pod, podIps: [], hostIps });
  if (!resourceFieldRef) return "";
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const spec = all.find(({ name }) => name === resourceFieldRef.containerName);
  return spec ? resourceOf(resourceFieldRef, { spec, allocatable }) : "";
}
