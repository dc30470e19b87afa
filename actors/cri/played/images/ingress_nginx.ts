import type { PlayedImage } from "./_played_image.ts";

/** The controller of Ingresses that most installs name. */
export const ingressNginx: PlayedImage = {
  names: ["ingress-nginx/controller", "ingress-nginx/controller-chroot", "nginx-ingress-controller"],
  runs: "a controller of Ingresses: hosts, paths, the usual annotations",
  arguments: ["/nginx-ingress-controller"],
  user: 101,
  system: () => ({ base: "alpine", own: ["/nginx-ingress-controller", "/wait-shutdown", "/usr/bin/curl"] }),
};
