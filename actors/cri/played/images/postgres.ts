import { baseOf, type PlayedImage } from "./_played_image.ts";

/** The database, which is not played: its program lives and does nothing. */
export const postgres: PlayedImage = {
  names: ["postgres"],
  runs: "a program that lives, and takes connections without a word",
  entrypoint: ["docker-entrypoint.sh"],
  arguments: ["postgres"],
  stopSignal: "INT",
  isIdle: true,
  takesCalls: true,
  system: (tag) => ({
    base: baseOf(tag),
    own: ["/usr/local/bin/postgres", "/usr/bin/pg_isready", "/usr/local/bin/docker-entrypoint.sh"],
  }),
};
