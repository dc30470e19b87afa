import type { PodVolume, VolumeType } from "./_volume_type.ts";
import { all } from "./all.ts";

const types: readonly VolumeType[] = all;

/** The type of a volume; undefined for one that this kubelet cannot make. */
export function typeOf(volume: PodVolume): VolumeType | undefined {
  return types.find(({ field }) => volume[field] !== undefined);
}

/** Where a kubelet has what is a pod's. */
export function podFolder(uid: string): string {
  return `/var/lib/kubelet/pods/${uid}`;
}

/** Whose folder that is. */
export function uidOf(folder: string): string {
  return folder.slice(podFolder("").length);
}

/** Where a volume of a pod is put. */
export function volumePath(uid: string, { name }: PodVolume, { plugin }: VolumeType): string {
  return `${podFolder(uid)}/volumes/${plugin}/${name}`;
}
