import type { PlayedImage } from "./_played_image.ts";

/** The store, which is not played: its program listens and keeps nothing. */
export const etcd: PlayedImage = {
  names: ["etcd"],
  runs: "a program that listens, says that it is well, and keeps nothing",
  arguments: ["/usr/local/bin/etcd"],
  ports: [2379],
  system: () => ({ base: "alpine", own: ["/usr/local/bin/etcd"] }),
};
