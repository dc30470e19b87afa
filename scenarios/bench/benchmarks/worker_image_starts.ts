import { isPodReady } from "../../../actors/api/pod.ts";
import { type Cluster, createCluster } from "../../cluster/create_cluster.ts";
import { type Benchmark, median, secondsOf } from "../benchmark.ts";
import { startPod, trafficCluster, untilPods } from "../traffic.ts";

/** From a pod of a worker image created to its container Running, and to the readiness probe that it passes. */
export const workerImageStarts: Benchmark = {
  name: "worker-image-starts",
  async run({ isQuick }) {
    await using cluster = await createCluster({ ...trafficCluster, host: "thread" });
    const first = await start(cluster, 0);
    const others: Start[] = [];
    for (let at = 1; at <= (isQuick ? 2 : 10); at++) others.push(await start(cluster, at));
    const what = "a pod of a worker image, thread host, from created to";
    const ms = (seconds: number) => ({ value: seconds * 1_000, unit: "ms", better: "less" as const });
    return [
      { what: `${what} Running: the first of its image`, ...ms(first.running) },
      { what: `${what} Running: median of the next`, ...ms(median(others.map(({ running }) => running))) },
      { what: `${what} Ready, probed each second: median`, ...ms(median(others.map(({ ready }) => ready))) },
    ];
  },
};

interface Start {
  readonly running: number;
  readonly ready: number;
}

async function start(cluster: Cluster, at: number): Promise<Start> {
  const app = `server-${at}`;
  let running = 0;
  const ready = await secondsOf(async () => {
    await startPod(cluster, { image: "server", name: app, labels: { app }, node: at % 2 });
    running = await secondsOf(() => untilPods(cluster, app, ({ status }) => status.phase === "Running"));
    await untilPods(cluster, app, isPodReady);
  });
  return { running, ready };
}
