import { createCluster } from "../../create_cluster.ts";
import { type Benchmark, median, secondsOf } from "../benchmark.ts";

/** From the call to every node Ready, with HTTPS; the workers' bundle is there, as it is from the second start on. */
export const timeToReady: Benchmark = {
  name: "time-to-ready",
  async run({ isQuick }) {
    const seconds: number[] = [];
    const start = async () => {
      const cluster = await createCluster({
        host: "thread",
        port: 0,
        topology: { nodes: 3, stores: 3, apiservers: 2 },
      });
      return cluster.close;
    };
    await (await start())();
    for (let i = 0; i < (isQuick ? 1 : 5); i++) {
      let close = async () => {};
      seconds.push(
        await secondsOf(async () => {
          close = await start();
        }),
      );
      await close();
    }
    const what = "time to Ready: 3 nodes, 3 store replicas, 2 API servers, thread host";
    return [{ what, value: median(seconds), unit: "s", budget: 2, better: "less" }];
  },
};
