import fc from "fast-check";
import { present } from "../../actors/kit/present.ts";
import { createHash } from "../../runtime/core/journal.ts";
import { hash32, mix32 } from "../../runtime/core/random.ts";
import type { Strike } from "../../runtime/faults/engine.ts";
import type { FaultName } from "../../runtime/faults/fault.ts";
import { type RunDefinitionOptions, runDefinition } from "../arbitraries/run_definition.ts";
import { mixedSuite, runsOf } from "./campaign_suites.ts";
import { createCoverage, type Moment, type Reached } from "./coverage.ts";
import { perform, stagedSuites } from "./perform.ts";
import type { AnyRun, RunDefinition } from "./run_definition.ts";
import { type Counterexample, shrinkRun } from "./shrink.ts";
import { type Tried, varied } from "./vary.ts";

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
  /** What this run, and what is mixed with it, are made from; where it is given, it is told what they came to. */
  readonly guides?: readonly Guide[];
  /** How many smaller runs are tried to find a smaller counterexample. Default 150. */
  readonly shrinksMax?: number;
}

/** What a run is made from that is not drawn anew. */
export interface Guide extends Tried {
  /** Of which run it is. */
  readonly suite?: string;
  readonly index: number;
}

/** What a run came to that others may be made from. */
export interface Sight {
  /** Of which run it is. */
  readonly suite?: string;
  readonly index: number;
  /** Hashes of what it reached. */
  readonly reached: readonly number[];
  readonly moments: readonly Moment[];
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
  /** Of the run, and of what was mixed with it, where it had guides. */
  readonly sights?: readonly Sight[];
}

const shrinksMaxDefault = 150;

/** The nth run of a campaign, of whichever suite: depends on nothing but the campaign's seed, n, and its guide. */
export function runOf(job: SearchJob): AnyRun {
  const { campaignSeed, index, suite, guides = [], faults } = job;
  const guide = guides.find((each) => each.suite === suite && each.index === index);
  const run = guide ? varied(guide, seedOf(campaignSeed, index)) : drawnRun(job);
  return faults ? { ...run, faults: run.faults.filter(({ kind }) => faults.includes(kind)) } : run;
}

function drawnRun({
  campaignSeed,
  index,
  suite,
  faults: _filtered,
  coverage: _no,
  guides: _none,
  ...options
}: SearchJob) {
  const drawn = fc.sample(runsOf(suite, options), { seed: seedOf(campaignSeed, index), numRuns: 1 });
  const [run] = drawn as readonly AnyRun[];
  if (!run) throw new Error(`Cannot draw run ${index} of campaign ${campaignSeed}`);
  return run;
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
  const coverage = job.coverage || job.guides ? createCoverage() : undefined;
  const { hash, events, virtualMs, strikes, violation } = perform(
    definition,
    coverage ? { begin: coverage.begin } : {},
  );
  const counts = violation && (property === undefined || violation.property === property);
  const found = counts ? shrinkRun({ definition, violation, hash }, job.shrinksMax ?? shrinksMaxDefault) : undefined;
  const result = { index, hash, events, virtualMs, strikes, found };
  if (!coverage) return result;
  const [reached, moments] = [coverage.reached(), coverage.moments()];
  const sight = { index, ...present({ suite: job.suite }), reached: reached.map(hash32), moments };
  return { ...result, ...(job.coverage ? { reached } : {}), ...(job.guides ? { sights: [sight] } : {}) };
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
    ...(job.guides ? { sights: results.flatMap(({ sights = [] }) => sights) } : {}),
    ...(job.coverage ? { reached } : {}),
  };
}

function seedOf(campaignSeed: number, index: number): number {
  return mix32(campaignSeed, index) | 0;
}
