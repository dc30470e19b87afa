import { baseOf, type PlayedImage } from "./_played_image.ts";

/** The database, which is not played yet: its program lives and does nothing. */
export const redis: PlayedImage = {
  names: ["redis"],
  runs: "a program that lives and answers nothing",
  entrypoint: ["docker-entrypoint.sh"],
  arguments: ["redis-server"],
  isIdle: true,
  system: (tag) => ({ base: baseOf(tag), own: ["/usr/local/bin/redis-server", "/usr/local/bin/docker-entrypoint.sh"] }),
};
