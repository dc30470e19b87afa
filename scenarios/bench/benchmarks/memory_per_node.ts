import { createCluster } from "../../cluster/create_cluster.ts";
import type { Benchmark } from "../benchmark.ts";

const samples = 5;

/** What further nodes add to the heaps of a pooled cluster, with all that store and API servers keep of them. */
export const memoryPerNode: Benchmark = {
  name: "memory-per-node",
  async run({ isQuick }) {
    const [few, many] = isQuick ? [5, 25] : [100, 1_000];
    const kilobytes = ((await heapBytes(many)) - (await heapBytes(few))) / (many - few) / 1024;
    const what = `memory a node, ${few} to ${many} nodes, pool host`;
    return [{ what, value: kilobytes, unit: "KB", budget: 100, better: "less" }];
  },
};

/** What lives, at the quietest of some moments: garbage that waits to be collected does not count. */
async function heapBytes(nodes: number): Promise<number> {
  await using cluster = await createCluster({
    host: "pool",
    workers: 2,
    topology: { nodes, stores: 1, apiservers: 1 },
  });
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < samples; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const stats = await cluster.host.stats({ collects: true });
    least = Math.min(
      least,
      stats.reduce((sum, { heapUsedBytes }) => sum + heapUsedBytes, 0),
    );
  }
  return least;
}
