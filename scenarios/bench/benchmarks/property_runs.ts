import { runCampaign } from "../../../properties/engine/campaign.ts";
import type { Benchmark } from "../benchmark.ts";

/** Random small clusters, workloads and faults, checked and healed, in one worker. */
export const propertyRuns: Benchmark = {
  name: "property-runs",
  async run({ isQuick }) {
    // The first run pays for starting the worker.
    await runCampaign({ runs: 1, seed: 1, workers: 1 });
    const { runsPerSecond } = await runCampaign({ runs: isQuick ? 2 : 40, seed: 1, workers: 1 });
    return [{ what: "property runs on one core", value: runsPerSecond, unit: "/s", budget: 50, better: "more" }];
  },
};
