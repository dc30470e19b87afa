import type { PlayedImage } from "./_played_image.ts";

const parts = ["server", "repo-server", "application-controller", "applicationset-controller", "notifications"];

/** Argo CD, whose parts are one program by many names. */
export const argocd: PlayedImage = {
  names: ["argoproj/argocd"],
  runs: "Argo CD's parts, which answer for their health and do nothing, and its redis-initial-password",
  user: 999,
  system: () => ({
    base: "debian",
    own: ["argocd", ...parts.map((part) => `argocd-${part}`)].map((name) => `/usr/local/bin/${name}`),
  }),
};
