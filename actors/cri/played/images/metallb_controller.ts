import type { PlayedImage } from "./_played_image.ts";

const path = "/usr/local/bin/metallb-controller";

/** MetalLB's controller, without which its speakers do not start. */
export const metallbController: PlayedImage = {
  names: ["metallb/controller"],
  runs: "MetalLB's controller, which makes the Secret of its speakers and gives no addresses",
  entrypoint: [path],
  user: 65534,
  system: () => ({ base: "debian", own: [path] }),
};
