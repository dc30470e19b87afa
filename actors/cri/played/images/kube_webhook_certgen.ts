import type { PlayedImage } from "./_played_image.ts";

/** What Jobs of many charts make the certificates of webhooks with. */
export const kubeWebhookCertgen: PlayedImage = {
  names: ["kube-webhook-certgen"],
  runs: "makes certificates of webhooks: create, patch",
  entrypoint: ["/kube-webhook-certgen"],
  user: 65_532,
  system: () => ({ base: "alpine", own: ["/kube-webhook-certgen"] }),
};
