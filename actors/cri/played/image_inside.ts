import type { PlayedImage } from "./images/_played_image.ts";
import type { SystemImage } from "./unix/system_image.ts";

/** What is known of the system inside of an image. */
export interface ImageInside
  extends Pick<PlayedImage, "entrypoint" | "arguments" | "folder" | "ports" | "isIdle" | "user"> {
  /** Its files and programs; `undefined` when it has none, so that no command can be run in it. */
  readonly system: SystemImage | undefined;
  /** Whether it is a well-known image; of others is only assumed what most have. */
  readonly isKnown: boolean;
  /** The group of its user. Default: what its `/etc/passwd` says, or for a well-known image the user's own number. */
  readonly group?: number;
  /** The signal that its server ends at. */
  readonly stopSignal: NonNullable<PlayedImage["stopSignal"]>;
}

/** A container's configuration, and what is inside of its image where that was pulled with all its files. */
export type WithInside<Config> = Config & { readonly inside?: ImageInside | undefined };
