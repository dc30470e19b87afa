import { createCluster } from "../../cluster/create_cluster.ts";
import { type Benchmark, secondsOf } from "../benchmark.ts";
import { applyPods, podsAvailable } from "../workload.ts";

/** A whole cluster in simulation, with frozen messages and the journal's hash on: at work, and idle. */
export const simulatedCluster: Benchmark = {
  name: "simulated-cluster",
  async run({ isQuick }) {
    const [nodes, pods, idleMs] = isQuick ? [5, 50, 10_000] : [100, 1_000, 60_000];
    await using cluster = await createCluster({ topology: { nodes } });
    const { host } = cluster;
    const eventsBefore = host.journal.count();
    const busySeconds = await secondsOf(async () => {
      await applyPods(cluster, pods);
      while ((await podsAvailable(cluster)) < pods) host.advance(100);
    });
    const events = host.journal.count() - eventsBefore;
    host.advance(30_000);
    const idleSeconds = await secondsOf(() => host.advance(idleMs));
    const small = await idleSmall(isQuick ? 60_000 : 3_600_000);
    return [
      {
        what: `simulated events: ${pods} pods on ${nodes} nodes`,
        value: events / busySeconds,
        unit: "/s",
        budget: 300_000,
        better: "more",
      },
      {
        what: `simulated pods to Running on ${nodes} nodes`,
        value: pods / busySeconds,
        unit: "pods/s",
        better: "more",
      },
      {
        what: `virtual to real time: ${nodes} idle nodes`,
        value: idleMs / 1000 / idleSeconds,
        unit: ": 1",
        budget: 1_000,
        better: "more",
      },
      { what: "virtual to real time: 3 idle nodes", value: small.ratio, unit: ": 1", better: "more" },
      {
        what: "simulated events: 3 idle nodes",
        value: small.eventsPerSecond,
        unit: "/s",
        budget: 300_000,
        better: "more",
      },
    ];
  },
};

/** The cluster that `troupe up` brings up, left alone for a while. */
async function idleSmall(idleMs: number) {
  await using cluster = await createCluster();
  const { host } = cluster;
  host.advance(60_000);
  const eventsBefore = host.journal.count();
  const seconds = await secondsOf(() => host.advance(idleMs));
  return { ratio: idleMs / 1000 / seconds, eventsPerSecond: (host.journal.count() - eventsBefore) / seconds };
}
