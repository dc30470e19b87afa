import { availableParallelism } from "node:os";
import type { Piscina } from "piscina";
import { present } from "../../actors/kit/present.ts";
import { all } from "../mutations/all.ts";
import { type Hunted, isHunted, type Mutation } from "./mutation.ts";
import type { SearchJob, SearchResult } from "./search.ts";
import { createPool } from "./search_pool.ts";

/** How to hunt for a deliberate defect. */
export interface BugHuntOptions {
  /** How many campaigns, each of its own seed, from its `campaignSeed` on. Default 5. */
  readonly campaigns?: number;
  /** No further run of a campaign begins after so much real time. Default 60,000. */
  readonly timeMs?: number;
  /** Nor after so many runs. Default: as many as the time allows. */
  readonly runsMax?: number;
  /** Default: one for each core. */
  readonly workers?: number;
  /** How many smaller runs are tried for a smaller counterexample, of the first campaign. Default 60. */
  readonly shrinksMax?: number;
  readonly signal?: AbortSignal;
}

/** What came of the campaigns that hunted for one defect. */
export interface BugResult {
  readonly name: string;
  readonly bugs: readonly string[];
  readonly campaigns: number;
  /** The campaigns' seeds, the first and the last. */
  readonly seeds: readonly [first: number, last: number];
  /** How many runs all campaigns performed for it, with those that found nothing. */
  readonly tried: number;
  /** How many of them found it. */
  readonly found: number;
  /** The medians over those that found it; undefined when none did. */
  readonly runs: number | undefined;
  readonly seconds: number | undefined;
  /** What is left of the shrunk run: its faults and its commands. */
  readonly faults: number | undefined;
  readonly commands: number | undefined;
  /** The rules that they saw broken. */
  readonly properties: readonly string[];
}

const everyMutation: readonly Mutation[] = all;
const shrinksMaxDefault = 60;

/** Defects that tests find, where campaigns do not: their names, and the paths of the tests. */
export function testedBugs(): readonly {
  readonly name: string;
  readonly bugs: readonly string[];
  readonly test: string;
}[] {
  return everyMutation.flatMap(({ name, bugs = [], found }) =>
    "test" in found ? [{ name, bugs, test: found.test }] : [],
  );
}

/** The defects that campaigns find: all, or those that have this name, or are this bug (`etcd 14370`, or its number). */
export function huntedBugs(wanted?: string): readonly Hunted[] {
  const hunted = everyMutation.filter(isHunted);
  if (wanted === undefined) return hunted;
  return hunted.filter(
    ({ name, bugs = [] }) => name === wanted || bugs.some((each) => each === wanted || each.split(" ")[1] === wanted),
  );
}

/** Hunts for one defect, with several campaigns one after the other. */
export async function huntBug(mutation: Hunted, options: BugHuntOptions = {}): Promise<BugResult> {
  const { campaigns = 5, workers = availableParallelism(), shrinksMax = shrinksMaxDefault, signal } = options;
  const { campaignSeed, traffic = "never", withoutFaults = false, suite, clouds } = mutation.found;
  const pool = await createPool(workers, { hasDefects: true });
  const hits: Hit[] = [];
  let done = 0;
  let tried = 0;
  try {
    for (; done < campaigns && !signal?.aborted; done++) {
      const job = {
        ...{ campaignSeed: campaignSeed + done, mutation: mutation.name, traffic, withoutFaults },
        shrinksMax: done === 0 ? shrinksMax : 0,
        ...present({ suite, clouds }),
      };
      const { hit, runs } = await findFirst(pool, job, options);
      tried += runs;
      if (hit) hits.push(hit);
    }
  } finally {
    await pool.destroy();
  }
  const [first] = hits.toSorted((a, b) => sizeOf(a) - sizeOf(b));
  return {
    name: mutation.name,
    bugs: mutation.bugs ?? [],
    campaigns: done,
    seeds: [campaignSeed, campaignSeed + Math.max(0, done - 1)],
    tried,
    found: hits.length,
    runs: median(hits.map(({ runs }) => runs)),
    seconds: median(hits.map(({ seconds }) => seconds)),
    faults: first?.found.definition.faults.length,
    commands: first?.found.definition.workload.length,
    properties: [...new Set(hits.map(({ found }) => found.violation.property))],
  };
}

interface Hit {
  /** The first run that found it, counted from one. */
  readonly runs: number;
  readonly seconds: number;
  readonly found: NonNullable<SearchResult["found"]>;
}

const sizeOf = ({ found: { definition } }: Hit) => definition.faults.length + definition.workload.length;

/** The first run of a campaign that breaks a rule, whoever performs it first; no hit when none does in time. */
async function findFirst(
  pool: Piscina,
  job: Omit<SearchJob, "index">,
  { timeMs = 60_000, runsMax = Number.POSITIVE_INFINITY, workers = availableParallelism(), signal }: BugHuntOptions,
): Promise<{ readonly hit: Hit | undefined; readonly runs: number }> {
  const startedMs = performance.now();
  const secondsSince = () => (performance.now() - startedMs) / 1000;
  let next = 0;
  let hit: Hit | undefined;
  async function lane() {
    while (next < Math.min(runsMax, hit?.runs ?? Number.POSITIVE_INFINITY) && !signal?.aborted) {
      if (secondsSince() * 1000 >= timeMs) return;
      const index = next++;
      const { found } = (await pool.run({ ...job, index })) as SearchResult;
      if (found && index < (hit?.runs ?? Number.POSITIVE_INFINITY)) {
        hit = { runs: index + 1, seconds: secondsSince(), found };
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, lane));
  return { hit, runs: next };
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1];
}
