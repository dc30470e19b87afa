import type { Frozen, Volume } from "./types.ts";

/** An image whose files a pod mounts; newer than the package that gives the other types of volumes. */
export interface ImageVolumeSource {
  /** Empty in a template where whoever makes pods of it says which. */
  readonly reference?: string;
  readonly pullPolicy?: string;
}

/** The image that a volume is; undefined for one of another type. */
export function imageOfVolume(volume: Frozen<Volume>): ImageVolumeSource | undefined {
  return (volume as { readonly image?: ImageVolumeSource }).image;
}
