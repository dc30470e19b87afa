import type { PlayedImage } from "./_played_image.ts";

/** What holds a pod's namespaces, and does nothing. */
export const pause: PlayedImage = {
  names: ["pause"],
  runs: "nothing, until it is stopped",
  system: () => undefined,
  user: 65_535,
  isIdle: true,
};
