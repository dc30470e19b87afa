import { createCluster } from "../../create_cluster.ts";
import { type Benchmark, median, secondsOf } from "../benchmark.ts";
import { serve, trafficCluster } from "../traffic.ts";

/** From a pod of a worker image created on a node to its first passed readiness probe, one pod after the other. */
export const workerImageStarts: Benchmark = {
  name: "worker-image-starts",
  async run({ isQuick }) {
    await using cluster = await createCluster({ ...trafficCluster, host: "thread" });
    const first = await secondsOf(() => serve(cluster, { image: "server", nodes: [0] }));
    const others: number[] = [];
    for (let at = 0; at < (isQuick ? 2 : 10); at++) {
      others.push(await secondsOf(() => serve(cluster, { image: "server", name: `server-${at}`, nodes: [at % 2] })));
    }
    const what = "a pod of a worker image created to ready, thread host";
    return [
      { what: `${what}: the first of its image`, value: first * 1_000, unit: "ms", better: "less" },
      { what: `${what}: median of the next`, value: median(others) * 1_000, unit: "ms", better: "less" },
    ];
  },
};
