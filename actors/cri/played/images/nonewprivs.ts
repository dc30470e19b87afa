import type { SystemImage } from "../unix/system_image.ts";
import type { PlayedImage } from "./_played_image.ts";

const system: SystemImage = { base: "alpine", own: ["/nnp"] };

/** An image of Kubernetes' own tests: a program of root's that says as whom it runs when somebody else starts it. */
export const nonewprivs: PlayedImage = {
  names: ["nonewprivs"],
  runs: "/nnp, which says as whom it runs",
  entrypoint: ["/nnp"],
  system: () => system,
};
