import type { PlayedImage } from "./_played_image.ts";

/** What Kubernetes' own page on images as volumes mounts: `quay.io/crio/artifact`. */
export const artifact: PlayedImage = {
  names: ["crio/artifact"],
  runs: "nothing: it is files for pods to mount",
  system: () => undefined,
  files: { "dir/file": "1\n", file: "2\n" },
  isIdle: true,
};
