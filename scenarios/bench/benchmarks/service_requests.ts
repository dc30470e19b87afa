import { createCluster } from "../../cluster/create_cluster.ts";
import { createScript } from "../../script/create_script.ts";
import { type Benchmark, type Measurement, median, secondsOf } from "../benchmark.ts";
import { serve, trafficCluster } from "../traffic.ts";

const window = 16;

/** HTTP requests from a pod through a Service to pods of another node: in worker threads, and what one costs in simulation. */
export const serviceRequests: Benchmark = {
  name: "service-requests",
  async run({ isQuick }) {
    return [...(await inThreads(isQuick ? 200 : 5_000)), ...(await inSimulation(isQuick ? 100 : 2_000))];
  },
};

interface Load {
  readonly tookMs: readonly number[];
  readonly wholeMs: number;
}

async function inThreads(count: number): Promise<Measurement[]> {
  await using cluster = await createCluster({ ...trafficCluster, host: "thread" });
  await serve(cluster, { image: "server", nodes: [1] });
  await serve(cluster, { image: "load", nodes: [0], isOpen: true });
  const { request, eventually } = createScript(cluster).script;
  const load = async (asked: { readonly count: number; readonly window: number }) => {
    const path = `/?url=http://server/&count=${asked.count}&window=${asked.window}`;
    return (await request({ service: "load", path }, { timeout: "120s" })).json<Load>();
  };
  // The rules for a new Service are a second late on a node.
  await eventually("requests arrive", () => load({ count: count / 10, window }));
  const alone = await load({ count: count / 5, window: 1 });
  const { tookMs, wholeMs } = await load({ count, window });
  const what = "requests pod to pod through a Service, thread host";
  return [
    { what: `${what}, one at a time: median`, value: median(alone.tookMs), unit: "ms", better: "less" },
    { what: `${what}, ${window} at a time`, value: (tookMs.length / wholeMs) * 1_000, unit: "/s", better: "more" },
    { what: `${what}, ${window} at a time: 99th percentile`, value: percentile99(tookMs), unit: "ms", better: "less" },
  ];
}

async function inSimulation(count: number): Promise<Measurement[]> {
  await using cluster = await createCluster({ ...trafficCluster, host: "simulation" });
  await serve(cluster, { image: "server", nodes: [1] });
  await serve(cluster, { image: "load", nodes: [0], isOpen: true });
  const { request, eventually } = createScript(cluster).script;
  const { journal } = cluster.host;
  const load = async (asked: number) => {
    const path = `/?url=http://server/&count=${asked}&window=${window}`;
    await request({ service: "load", path }, { timeout: "600s" });
  };
  await eventually("requests arrive", () => load(count / 10));
  const before = journal.count();
  const seconds = await secondsOf(() => load(count));
  const what = "a request pod to pod through a Service, simulation";
  return [
    { what: `${what}: events`, value: (journal.count() - before) / count, unit: "", better: "less" },
    { what, value: count / seconds, unit: "/s", better: "more" },
  ];
}

function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
