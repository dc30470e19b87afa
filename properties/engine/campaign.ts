import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { present } from "../../actors/kit/present.ts";
import { createHash } from "../../runtime/core/journal.ts";
import type { Strike } from "../../runtime/faults/engine.ts";
import type { FaultName } from "../../runtime/faults/fault.ts";
import { all as kinds } from "../../runtime/faults/kinds/all.ts";
import type { Shape } from "../arbitraries/run_definition.ts";
import { createCorpus } from "./corpus.ts";
import { keepFind, readCorpus } from "./corpus_folder.ts";
import type { Violation } from "./invariant.ts";
import { performerWith } from "./performers.ts";
import { jobsOf, performInThreads } from "./performing.ts";
import { decodeReplay, encodeReplay } from "./replay_file.ts";
import type { SearchJob, SearchResult } from "./search.ts";

/** How to search. */
export interface CampaignOptions {
  readonly runs: number;
  readonly seed: number;
  /** No further run begins after so much real time; then `hash` is over the runs that were done. Default: no limit. */
  readonly timeMs?: number;
  /** Default: one for each core. */
  readonly workers?: number;
  /** The URL of a Redis, whose workers perform the runs. Default: threads of this process do. */
  readonly queue?: string;
  /** Where counterexamples are written. Default: the working folder. */
  readonly folder?: string;
  /** A deliberate defect of the code that performs the runs, to see it found. Default: none. */
  readonly mutation?: string;
  readonly shrinksMax?: number;
  /** Which runs: see `campaign_suites.ts`. Default: those of whole clusters. */
  readonly suite?: string;
  /** Only faults of these kinds happen. Default: of all. */
  readonly faults?: readonly FaultName[];
  /** Only this rule counts. Default: all. */
  readonly property?: string;
  /** How large clusters are. Default: of every small shape. */
  readonly shape?: Shape;
  /** Whether it is noted what runs come to. Default false. */
  readonly coverage?: boolean;
  /** A folder of runs that came to something new: every other run is made from one of these. Default: all are drawn. */
  readonly corpus?: string;
  /** Whether it ends with the first run that breaks a rule, in the order of runs. Default false. */
  readonly stopAtFirst?: boolean;
  /** Stops the campaign; runs that are done count. */
  readonly signal?: AbortSignal;
}

/** How far a campaign has come. */
export interface CampaignProgress {
  readonly done: number;
  readonly runs: number;
  readonly violations: number;
  readonly seconds: number;
  readonly events: number;
}

/** A rule that a run broke, and the file that shows it. */
export interface CampaignViolation {
  readonly property: string;
  readonly details: string;
  readonly seed: number;
  readonly faults: number;
  readonly file: string;
}

/** What came of a campaign. */
export interface CampaignResult {
  readonly runs: number;
  readonly seconds: number;
  readonly runsPerSecond: number;
  readonly seed: number;
  /** Over all runs, in order: equal on every machine for equal runs and seed. */
  readonly hash: string;
  readonly events: number;
  /** Of each kind of fault there is: how often it was planned, came to begin, and hit anything. */
  readonly faults: readonly FaultTally[];
  readonly violations: readonly CampaignViolation[];
  /** How many runs came to what, where it was asked for. */
  readonly reached?: Readonly<Record<string, number>>;
  /** How many runs the corpus had before, and has now, where there is one. */
  readonly corpus?: { readonly before: number; readonly after: number };
}

/** What came of one kind of fault in a campaign. */
export interface FaultTally {
  readonly kind: FaultName;
  readonly planned: number;
  readonly begun: number;
  readonly bitten: number;
}

/** A file performed again. */
export interface ReplayResult {
  readonly hash: string;
  readonly narration: readonly string[];
  readonly violation: Violation | undefined;
  /** Whether the run was, to the last bit, the one that was written down. */
  readonly isIdentical: boolean;
}

/** Performs `runs` runs side by side; each violation is shrunk and written to a file. */
export async function runCampaign(
  options: CampaignOptions,
  onProgress: (progress: CampaignProgress) => void = () => {},
): Promise<CampaignResult> {
  const { runs, seed, timeMs = Number.POSITIVE_INFINITY, signal } = options;
  const { stopAtFirst = false } = options;
  const startedMs = performance.now();
  const secondsSince = () => (performance.now() - startedMs) / 1000;
  const mayBegin = () => !signal?.aborted && secondsSince() * 1000 < timeMs && !(stopAtFirst && found > 0);
  await using performing = await performingOf(options);
  const { lanes, rangeLength } = performing;
  const guiding = options.corpus === undefined ? undefined : await guidingFrom(options.corpus);
  const all: SearchResult[] = [];
  let [next, found, events] = [0, 0, 0];

  async function lane() {
    while (next < runs && mayBegin()) {
      const [from, count] = [next, Math.min(rangeLength, runs - next)];
      next += count;
      const plain = { ...jobOptions(options), campaignSeed: seed, index: from };
      const job = guiding ? await guiding.guided(plain, count) : plain;
      const results = await performing.perform({ job, count });
      if (!results) guiding?.close();
      for (const result of results ?? []) {
        await take(result);
        await guiding?.take(job, result);
      }
    }
  }

  async function take(result: SearchResult) {
    all.push(result);
    events += result.events;
    if (result.found) found++;
    if (result.found && options.queue !== undefined) await assertOurs(result);
    // Found is found, whatever happens to this process before the end.
    if (result.found && !stopAtFirst) await save(options, result);
    onProgress({ done: all.length, runs, violations: found, seconds: secondsSince(), events });
  }

  await Promise.all(Array.from({ length: Math.min(lanes, runs) }, lane));
  const seconds = secondsSince();
  const results = upToFirst(all, stopAtFirst);
  const violations = await Promise.all(results.filter((each) => each.found).map((each) => save(options, each)));
  const hash = createHash();
  for (const each of results) hash.text(each.hash);
  return {
    runs: results.length,
    seconds,
    runsPerSecond: results.length / seconds,
    seed,
    hash: hash.hex(),
    events: results.reduce((sum, each) => sum + each.events, 0),
    faults: tally(results.flatMap(({ strikes }) => strikes)),
    violations: violations.sort((a, b) => (a.file < b.file ? -1 : 1)),
    ...(options.coverage ? { reached: counted(results) } : {}),
    ...(guiding ? { corpus: guiding.size() } : {}),
  };
}

/** Has a campaign's runs made from those of a folder, and keeps there what is found. */
async function guidingFrom(folder: string) {
  const earlier = await readCorpus(folder);
  const corpus = createCorpus(earlier);
  let found = 0;
  return {
    async guided(job: SearchJob, count: number): Promise<SearchJob> {
      const all = jobsOf({ job, count }).map((each) => corpus.guidesFor(each));
      return { ...job, guides: (await Promise.all(all)).flat() };
    },
    async take(job: SearchJob, result: SearchResult) {
      const finds = corpus.take({ ...job, index: result.index }, result);
      found += finds.length;
      await Promise.all(finds.map((each) => keepFind(folder, each)));
    },
    close: corpus.close,
    size: () => ({ before: earlier.length, after: earlier.length + found }),
  };
}

/**
 * Performs the run of a file again and tells it.
 *
 * @throws Error when the file cannot be read, is not a run, or is of another version
 */
export async function replayFile(path: string): Promise<ReplayResult> {
  const { definition, hash: written } = decodeReplay(await readFile(path, "utf8"), path);
  const { narrateRun } = await performerWith(definition.mutation);
  const { hash, narration, violation } = narrateRun(definition);
  return { hash, narration, violation, isIdentical: hash === written };
}

/** @throws Error when the worker that performed a run is not of this code: what it finds says nothing here */
async function assertOurs({ index, found }: SearchResult) {
  if (!found) return;
  const { narrateRun } = await performerWith(found.definition.mutation);
  if (narrateRun(found.definition).hash === found.hash) return;
  throw new Error(
    `Cannot trust run ${index}: the worker that performed it came to another end than this computer does, so it has other code; let only workers of one version listen to the queue`,
  );
}

function counted(results: readonly SearchResult[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { reached = [] } of results) for (const each of reached) counts.set(each, (counts.get(each) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Results in the order of their runs; those behind the first that breaks a rule, which other workers had begun, are left
 * out where that is to be the last.
 */
function upToFirst(results: readonly SearchResult[], stopAtFirst: boolean): readonly SearchResult[] {
  const sorted = results.toSorted((a, b) => a.index - b.index);
  const first = stopAtFirst ? sorted.findIndex((each) => each.found) : -1;
  return first < 0 ? sorted : sorted.slice(0, first + 1);
}

/** Counts strikes by kind; a kind that was never planned counts too. */
export function tally(strikes: readonly Strike[]): FaultTally[] {
  return kinds.map(({ kind }) => {
    const mine = strikes.filter((each) => each.kind === kind);
    const begun = mine.filter(({ hasBegun }) => hasBegun);
    return { kind, planned: mine.length, begun: begun.length, bitten: begun.filter(({ hits }) => hits > 0).length };
  });
}

async function performingOf(options: CampaignOptions) {
  const { runs, workers = availableParallelism(), queue, signal, mutation } = options;
  if (queue === undefined) return performInThreads(Math.min(workers, runs), { hasDefects: mutation !== undefined });
  const { performInQueue } = await import("./search_queue.ts");
  return performInQueue({ url: queue, signal: signal ?? new AbortController().signal });
}

function jobOptions(options: CampaignOptions): Omit<SearchJob, "campaignSeed" | "index"> {
  const { mutation, shrinksMax, suite, faults, property, shape, coverage } = options;
  return present({ mutation, shrinksMax, suite, faults, property, shape, coverage });
}

async function save(
  { folder = ".", seed }: CampaignOptions,
  { index, found }: SearchResult,
): Promise<CampaignViolation> {
  if (!found) throw new Error(`Cannot save run ${index}: it broke no rule`);
  const file = join(folder, `counterexample-${seed}-${index}.json`);
  await mkdir(folder, { recursive: true });
  const { definition, violation, hash } = found;
  await writeFile(file, encodeReplay({ definition, violation, hash }));
  const { property, details } = violation;
  return { property, details, seed: definition.seed, faults: definition.faults.length, file };
}
