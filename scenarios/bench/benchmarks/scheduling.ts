import type { Benchmark, Measurement } from "../benchmark.ts";
import { runWithApi } from "../scheduling/api_run.ts";
import { schedulingCases, small } from "../scheduling/cases.ts";
import { runCore } from "../scheduling/core_run.ts";

/** The design asks for so many times what scheduler_perf takes for a failure. */
const timesThreshold = 3;

/** The workloads of scheduler_perf: the scheduler alone, by its processor's time, and the plain one through the API. */
export const scheduling: Benchmark = {
  name: "scheduling",
  async run({ isQuick }) {
    const cases = isQuick ? schedulingCases.map(small) : schedulingCases;
    const found: Measurement[] = [];
    for (const each of cases) {
      const { podsPerSecond, lastBesideFirst } = runCore(each);
      const budget = each.threshold === undefined ? {} : { budget: timesThreshold * each.threshold };
      const what = `${each.name}, scheduler alone`;
      found.push({ what, value: podsPerSecond, unit: "pods/CPU s", ...budget, better: "more" });
      found.push({ what: `${what}: last tenth beside first`, value: lastBesideFirst, unit: "times", better: "less" });
    }
    const [plain] = cases;
    if (!plain) return found;
    const value = await runWithApi(plain);
    const budget = timesThreshold * (plain.threshold ?? 0);
    found.push({ what: `${plain.name}, through API and store`, value, unit: "pods/s", budget, better: "more" });
    return found;
  },
};
