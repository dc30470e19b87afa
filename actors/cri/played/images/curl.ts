import type { PlayedImage } from "./_played_image.ts";

const system = { base: "alpine", own: ["/usr/bin/curl", "/entrypoint.sh"] } as const;

/** A client, as `curlimages/curl` has it. */
export const curl: PlayedImage = {
  names: ["curl"],
  runs: "curl",
  entrypoint: ["curl"],
  arguments: ["--help"],
  system: () => system,
};
