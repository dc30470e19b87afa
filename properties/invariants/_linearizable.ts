import { keyValueModel, revisionsGrow } from "../checkers/key_value_model.ts";
import { checkLinearizable } from "../checkers/linearizability.ts";
import type { Invariant } from "../engine/invariant.ts";
import { historyOf, type Probe, type ProbeHistory, probeAddresses } from "../workload/probe.ts";

/** A search that takes longer than this shows nothing, and is not held against anybody. */
const stepsMax = 200_000;

/** What is wrong with a history; undefined when some order explains it. */
export function judgeHistory(history: ProbeHistory): string | undefined {
  const verdict = checkLinearizable(keyValueModel, history, { stepsMax });
  if (verdict.ok === false) {
    const { input, output, callMs, returnMs } = verdict.stuckAt;
    return `No order explains what clients saw of ${verdict.part}, up to ${JSON.stringify(input)} between ${callMs} and ${returnMs} ms, answered with ${JSON.stringify(output)}`;
  }
  return revisionsGrow(history);
}

/** A rule about what the probes of one sort saw. */
export function linearizable(name: string, probes: "store" | "api"): Invariant {
  return {
    name,
    watch: ({ definition, simulation }) => ({
      end() {
        if (definition.probes !== probes) return undefined;
        const data = probeAddresses.map((address) => simulation.dataOf(address) as Probe | undefined);
        return judgeHistory(data.flatMap((each) => (each ? historyOf(each) : [])));
      },
    }),
  };
}
