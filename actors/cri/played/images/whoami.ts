import type { PlayedImage } from "./_played_image.ts";

/** A server that examples of proxies name. */
export const whoami: PlayedImage = {
  names: ["whoami"],
  runs: "a server that tells of itself and of the request",
  entrypoint: ["/traefik-whoami"],
  ports: [80],
  system: () => ({ base: "alpine", own: ["/traefik-whoami"] }),
};
