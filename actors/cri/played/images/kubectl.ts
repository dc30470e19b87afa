import type { PlayedImage } from "./_played_image.ts";

/** kubectl, as Kubernetes' own image and others of that name have it. */
export const kubectl: PlayedImage = {
  names: ["kubectl", "k8s-kubectl", "alpine/k8s", "helm-kubectl", "gatekeeper-crds"],
  runs: "kubectl: get, apply, create, delete, patch, label, scale, wait, rollout and what else Jobs of charts use",
  entrypoint: ["kubectl"],
  system: () => ({ base: "debian", own: ["/usr/local/bin/kubectl", "/usr/bin/curl", "/bin/bash"] }),
};
