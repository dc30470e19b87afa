import { createCluster } from "../../cluster/create_cluster.ts";
import { type Benchmark, median, secondsOf } from "../benchmark.ts";

/** From the call to every node Ready, with HTTPS; the workers' bundle is there, as it is from the second start on. */
export const timeToReady: Benchmark = {
  name: "time-to-ready",
  async run({ isQuick }) {
    const what = "time to Ready: 3 nodes, 3 store replicas, 2 API servers, thread host";
    const about = { unit: "s", budget: 2, better: "less" } as const;
    const starts = isQuick ? 1 : 5;
    return [
      { what: `${what}, with traffic as troupe up`, value: await medianStart({ traffic: true, starts }), ...about },
      { what: `${what}, without traffic`, value: await medianStart({ traffic: false, starts }), ...about },
    ];
  },
};

async function medianStart({ traffic, starts }: { readonly traffic: boolean; readonly starts: number }) {
  const start = async () => {
    const topology = { nodes: 3, stores: 3, apiservers: 2, traffic } as const;
    return (await createCluster({ host: "thread", port: 0, topology })).close;
  };
  await (await start())();
  const seconds: number[] = [];
  for (let i = 0; i < starts; i++) {
    let close = async () => {};
    seconds.push(
      await secondsOf(async () => {
        close = await start();
      }),
    );
    await close();
  }
  return median(seconds);
}
