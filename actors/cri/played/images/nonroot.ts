import type { PlayedImage } from "./_played_image.ts";

const system = { base: "busybox" } as const;

/** An image of Kubernetes' own tests: a shell that is not root's. */
export const nonroot: PlayedImage = {
  names: ["nonroot"],
  runs: "a shell, as the user 1234",
  arguments: ["sh"],
  user: 1234,
  system: () => system,
};
