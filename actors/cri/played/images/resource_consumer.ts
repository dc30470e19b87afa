import type { PlayedImage } from "./_played_image.ts";

const system = { base: "debian", own: ["/consumer", "/consume-cpu/consume-cpu", "/usr/bin/stress"] } as const;

/** What Kubernetes' tests of autoscaling have use processors and memory. */
export const resourceConsumer: PlayedImage = {
  names: ["resource-consumer"],
  runs: "a server that uses the processors and the memory that it is asked to",
  entrypoint: ["/consumer"],
  ports: [8080],
  system: () => system,
};
