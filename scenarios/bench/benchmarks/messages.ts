import { cast } from "../../../properties/stages/hosts/cast.ts";
import { courier } from "../../../properties/stages/hosts/courier.ts";
import { createThreadHost } from "../../../runtime/hosts/free/thread.ts";
import { createSimulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { type Benchmark, secondsOf } from "../benchmark.ts";
import { exchange } from "../couriers.ts";

/** Small messages between two actors that keep a window full; one step of a reducer each. */
export const messages: Benchmark = {
  name: "messages",
  async run({ isQuick }) {
    const count = isQuick ? 20_000 : 1_000_000;
    const threads = await createThreadHost({ cast, settings: { diskFolder: "" } });
    let perSecond: number;
    try {
      perSecond = count / (await secondsOf(() => exchange(threads, count)));
    } finally {
      await threads.close();
    }
    const simulation = createSimulation({ cast: { actors: [courier], devices: [] }, seed: 1 });
    const simulated = count / (await secondsOf(() => exchange(simulation, count)));
    return [
      { what: "messages from thread to thread", value: perSecond, unit: "/s", better: "more" },
      {
        what: "messages between two actors in simulation",
        value: simulated,
        unit: "/s",
        budget: 300_000,
        better: "more",
      },
    ];
  },
};
