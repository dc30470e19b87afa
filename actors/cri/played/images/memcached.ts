import { baseOf, type PlayedImage, versionOf } from "./_played_image.ts";

const latest = "1.6.39";

/** The cache. */
export const memcached: PlayedImage = {
  names: ["memcached"],
  runs: "memcached, by its text protocol",
  entrypoint: ["docker-entrypoint.sh"],
  arguments: ["memcached"],
  ports: [11_211],
  system: (tag) => ({
    base: baseOf(tag),
    own: ["/usr/local/bin/memcached", "/usr/local/bin/docker-entrypoint.sh"],
    env: { MEMCACHED_VERSION: versionOf(tag, latest, { "1": latest, "1.6": latest }) },
  }),
};
