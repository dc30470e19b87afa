import type { ImageInside } from "./image_inside.ts";
import type { Folder } from "./unix/files/file_node.ts";

/** An image that was pulled with all its files. */
export interface LayeredImage {
  /** `127.0.0.1:5000/team/app:1`. */
  readonly full: string;
  /** `127.0.0.1:5000/team/app@sha256:...`. */
  readonly ref: string;
  /** All of its layers, as they were pulled. */
  readonly sizeBytes: number;
  readonly inside: ImageInside;
  /** What its layers come to. */
  readonly files: Folder;
}
