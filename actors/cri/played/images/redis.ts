import { baseOf, type PlayedImage, versionOf } from "./_played_image.ts";

const latest = "8.2.1";
const versions = {
  "8": latest,
  "8.2": latest,
  "7": "7.4.5",
  "7.4": "7.4.5",
  "7.2": "7.2.10",
  "7.0": "7.0.15",
  "6": "6.2.19",
  "6.2": "6.2.19",
  "5": "5.0.14",
};

/** The database. */
export const redis: PlayedImage = {
  names: ["redis"],
  runs: "redis-server, with strings, lists, hashes, sets, sorted sets and expiry",
  entrypoint: ["docker-entrypoint.sh"],
  arguments: ["redis-server"],
  folder: "/data",
  ports: [6379],
  system: (tag) => ({
    base: baseOf(tag),
    own: ["/usr/local/bin/redis-server", "/usr/local/bin/redis-cli", "/usr/local/bin/docker-entrypoint.sh"],
    env: { REDIS_VERSION: versionOf(tag, latest, versions) },
    files: { "/data/": "" },
  }),
};
