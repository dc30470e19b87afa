import { createCluster } from "../../cluster/create_cluster.ts";
import { type Benchmark, type BenchmarkOptions, type Measurement, secondsOf } from "../benchmark.ts";
import { applyPods, podsAvailable } from "../workload.ts";

const budget = 450;

/** From the first Deployment applied to the last pod Running and available, as its Deployment says. */
export const podsRunning: Benchmark = {
  name: "pods-running",
  run: async (options) => [await onHost("thread", options), await onHost("pool", options)],
};

async function onHost(host: "thread" | "pool", { isQuick }: BenchmarkOptions): Promise<Measurement> {
  const [nodes, pods] = isQuick ? [5, 50] : [100, 1_000];
  await using cluster = await createCluster({ host, topology: { nodes } });
  const seconds = await secondsOf(async () => {
    await applyPods(cluster, pods);
    while ((await podsAvailable(cluster)) < pods) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  return {
    what: `${pods} pods on ${nodes} nodes to Running, ${host} host`,
    value: pods / seconds,
    unit: "pods/s",
    budget,
    better: "more",
  };
}
