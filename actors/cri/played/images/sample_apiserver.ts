import type { PlayedImage } from "./_played_image.ts";

/** The server of Kubernetes' own example of further APIs. */
export const sampleApiserver: PlayedImage = {
  names: ["sample-apiserver"],
  runs: "an API server behind an APIService, with Flunders and Fischers in memory",
  entrypoint: ["/sample-apiserver"],
  system: () => ({ base: "alpine", own: ["/sample-apiserver"] }),
};
