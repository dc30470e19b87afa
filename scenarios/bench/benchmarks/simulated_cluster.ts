import { createCluster } from "../../create_cluster.ts";
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
    ];
  },
};
