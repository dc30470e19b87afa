import fc from "fast-check";
import type { Fault } from "../../runtime/faults/fault.ts";
import { type RunDefinitionOptions, runDefinition } from "../arbitraries/run_definition.ts";
import { stagedSuites } from "./perform.ts";
import type { AnyRun, RunDefinition } from "./run_definition.ts";

/** Runs that campaigns choose by a name. */
interface CampaignSuite {
  readonly name: string;
  readonly summary: string;
  /** How often it is drawn where all are. */
  readonly weight: number;
  runs(options: RunDefinitionOptions): fc.Arbitrary<AnyRun>;
}

/** Runs of whole clusters that are about a part of it: so far as they can be, faults strike there. */
function clusterSuite({
  about,
  change = (run) => run,
  ...suite
}: Omit<CampaignSuite, "runs"> & {
  readonly about: RegExp;
  readonly change?: (run: RunDefinition) => RunDefinition;
}): CampaignSuite {
  const strikes = (fault: Fault) => about.test(JSON.stringify(fault.parameters));
  return {
    ...suite,
    runs: (options) =>
      runDefinition({ ...options, traffic: "never" }).map((run) =>
        change({ ...run, faults: run.faults.filter(strikes) }),
      ),
  };
}

const clusterSuites: readonly CampaignSuite[] = [
  {
    ...{ name: "cluster", weight: 10, summary: "whole clusters, and now and then requests through them" },
    runs: runDefinition,
  },
  {
    ...{ name: "traffic", weight: 1, summary: "whole clusters whose servers are asked by clients" },
    runs: (options) => runDefinition({ ...options, traffic: "always" }),
  },
  clusterSuite({
    ...{
      name: "readers",
      weight: 1,
      summary: "whole clusters with readers of every sort; faults at API servers and store",
    },
    about: /apiserver\/|store\//,
    change: (run) => ({ ...run, readers: true, probes: "api" }),
  }),
];

/** Store runs cost so little that there may be many of them. */
const stagedWeight = 40;

/** All that a campaign can be told to run, but for `all`, which is all of them together. */
export const campaignSuites: readonly CampaignSuite[] = [
  ...clusterSuites,
  ...stagedSuites.map((each) => ({
    ...{ name: each.name, summary: each.summary, weight: stagedWeight },
    runs: (options: RunDefinitionOptions) => each.runs(options),
  })),
];

/** The suite of which each run is that of a whole cluster, and then some of every smaller stage: see `search.ts`. */
export const mixedSuite = "mixed";

/** The suite that is all others. */
export const everySuite = "all";

/**
 * The runs of a suite; of whole clusters where none is named.
 *
 * @throws Error when there is no such suite
 */
export function runsOf(name: string | undefined, options: RunDefinitionOptions): fc.Arbitrary<AnyRun> {
  if (name === undefined || name === mixedSuite) return runDefinition(options);
  if (name === everySuite) {
    return fc.oneof(...campaignSuites.map(({ weight, runs }) => ({ weight, arbitrary: runs(options) })));
  }
  const found = campaignSuites.find((each) => each.name === name);
  if (!found) {
    const names = [...campaignSuites.map((each) => each.name), everySuite, mixedSuite].join(", ");
    throw new Error(`Cannot run the suite "${name}": there is none, use one of ${names}`);
  }
  return found.runs(options);
}
