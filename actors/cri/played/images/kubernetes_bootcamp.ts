import type { PlayedImage } from "./_played_image.ts";

/** The server of Kubernetes' tutorial. */
export const kubernetesBootcamp: PlayedImage = {
  names: ["kubernetes-bootcamp"],
  runs: "the tutorial's server: says on which pod it runs, and its version",
  entrypoint: ["/kubernetes-bootcamp"],
  ports: [8080],
  system: (tag) => ({
    base: "debian",
    own: ["/kubernetes-bootcamp", "/usr/bin/curl"],
    env: { VERSION: /^v?(\d+)/.exec(tag)?.[1] ?? "1" },
  }),
};
