import fc from "fast-check";
import { createHash } from "../../runtime/core/journal.ts";
import type { Strike } from "../../runtime/faults/engine.ts";
import type { FaultName } from "../../runtime/faults/fault.ts";
import { mix32 } from "../../runtime/mod.ts";
import { type RunDefinitionOptions, runDefinition } from "../arbitraries/run_definition.ts";
import { mixedSuite, runsOf } from "./campaign_suites.ts";
import { createCoverage, type Reached } from "./coverage.ts";
import { perform, stagedSuites } from "./perform.ts";
import type { AnyRun, RunDefinition } from "./run_definition.ts";
import { type Counterexample, shrinkRun } from "./shrink.ts";

/** What the nth run of a campaign is asked to do. */
export interface SearchJob extends RunDefinitionOptions {
  readonly campaignSeed: number;
  readonly index: number;
  /** Which runs: see `campaign_suites.ts`. Default: those of whole clusters. */
  readonly suite?: string;
  /** Only faults of these kinds happen. Default: of all. */
  readonly faults?: readonly FaultName[];
  /** Only this rule counts. Default: all. */
  readonly property?: string;
  /** Whether it is noted what the run comes to. Default false. */
  readonly coverage?: boolean;
  /** How many smaller runs are tried to find a smaller counterexample. Default 150. */
  readonly shrinksMax?: number;
}

/** What came of it. */
export interface SearchResult {
  readonly index: number;
  readonly hash: string;
  readonly events: number;
  readonly virtualMs: number;
  /** What came of each planned fault. */
  readonly strikes: readonly Strike[];
  readonly found: Counterexample<AnyRun> | undefined;
  /** Where it was asked for. */
  readonly reached?: readonly Reached[];
}

const shrinksMaxDefault = 150;

/** The nth run of a campaign, of whichever suite: depends on nothing but the campaign's seed and n. */
export function runOf({ campaignSeed, index, suite, faults, coverage: _, ...options }: SearchJob): AnyRun {
  const drawn = fc.sample(runsOf(suite, options), { seed: seedOf(campaignSeed, index), numRuns: 1 });
  const [run] = drawn as readonly AnyRun[];
  if (!run) throw new Error(`Cannot draw run ${index} of campaign ${campaignSeed}`);
  return faults ? { ...run, faults: run.faults.filter(({ kind }) => faults.includes(kind)) } : run;
}

/** The nth run of a campaign of whole clusters. */
export function definitionOf({ campaignSeed, index, ...options }: SearchJob): RunDefinition {
  const [definition] = fc.sample(runDefinition(options), { seed: seedOf(campaignSeed, index), numRuns: 1 });
  return definition as RunDefinition;
}

/** Performs one run of a campaign, or one and what is mixed with it; a violation is shrunk at once. */
export function searchOne(job: SearchJob): SearchResult {
  if (job.suite === mixedSuite) return searchMixed(job);
  const { index, property } = job;
  const definition = runOf(job);
  const coverage = job.coverage ? createCoverage() : undefined;
  const { hash, events, virtualMs, strikes, violation } = perform(
    definition,
    coverage ? { begin: coverage.begin } : {},
  );
  const counts = violation && (property === undefined || violation.property === property);
  const found = counts ? shrinkRun({ definition, violation, hash }, job.shrinksMax ?? shrinksMaxDefault) : undefined;
  return { index, hash, events, virtualMs, strikes, found, ...(coverage ? { reached: coverage.reached() } : {}) };
}

/**
 * A whole cluster's run, then some of every smaller stage, until one breaks a rule: together they cost little more than
 * the first, and find what it would come to once in thousands.
 */
function searchMixed({ suite: _mixed, ...job }: SearchJob): SearchResult {
  const results = [searchOne(job)];
  for (const { name, besides } of stagedSuites) {
    for (let nth = 0; nth < besides && !results.at(-1)?.found; nth++) {
      results.push(searchOne({ ...job, suite: name, index: job.index * besides + nth }));
    }
  }
  const hash = createHash();
  for (const each of results) hash.text(each.hash);
  const reached = [...new Set(results.flatMap((each) => each.reached ?? []))];
  return {
    index: job.index,
    hash: hash.hex(),
    events: results.reduce((sum, each) => sum + each.events, 0),
    virtualMs: results.reduce((sum, each) => sum + each.virtualMs, 0),
    strikes: results.flatMap(({ strikes }) => strikes),
    found: results.at(-1)?.found,
    ...(job.coverage ? { reached } : {}),
  };
}

function seedOf(campaignSeed: number, index: number): number {
  return mix32(campaignSeed, index) | 0;
}
