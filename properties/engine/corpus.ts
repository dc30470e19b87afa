import { mix32, randomFrom } from "../../runtime/mod.ts";
import { mixedSuite } from "./campaign_suites.ts";
import { stagedSuites } from "./perform.ts";
import { type Guide, runOf, type SearchJob, type SearchResult, type Sight } from "./search.ts";
import type { Tried } from "./vary.ts";

/** A run that came to something that none before it had. */
export interface Find extends Tried {
  /** Of which sort it is. Default: that of whole clusters. */
  readonly suite?: string;
  /** Hashes of all that it reached. */
  readonly reached: readonly number[];
}

/**
 * The runs of campaigns that came to something new, which every other run is made from.
 *
 * What a run is made from depends on runs long before it alone, never on who was done sooner: a campaign has the same
 * runs with any number of workers.
 */
export interface Corpus {
  /** Takes in what came of a run, in any order of runs; the finds of those that nothing is missing before. */
  take(job: SearchJob, result: SearchResult): readonly Find[];
  /** What the run of a job, and what is mixed with it, are made from; comes once enough is known of those before it. */
  guidesFor(job: SearchJob): Promise<readonly Guide[]>;
  /** Nothing more will be taken in: nobody has to wait. */
  close(): void;
}

/** What is known of runs of one sort. */
interface Shelf {
  readonly known: Set<number>;
  /** In order of `from`, the run of a campaign that found it; -1 where an earlier campaign did. */
  readonly entries: { readonly from: number; readonly tried: Tried }[];
}

/** So many runs are taken in together. */
const stepRuns = 8;

/** Begins with what earlier campaigns found. */
export function createCorpus(earlier: readonly Find[] = []): Corpus {
  const shelves = new Map<string | undefined, Shelf>();
  const early = new Map<number, { readonly job: SearchJob; readonly result: SearchResult }>();
  let waiting: { readonly until: number; readonly go: () => void }[] = [];
  let [done, isClosed] = [0, false];
  for (const { suite, reached, ...tried } of earlier) {
    for (const each of reached) shelfOf(suite).known.add(each);
    shelfOf(suite).entries.push({ from: -1, tried });
  }

  function shelfOf(suite: string | undefined): Shelf {
    const found = shelves.get(suite) ?? { known: new Set(), entries: [] };
    shelves.set(suite, found);
    return found;
  }

  function learn(job: SearchJob, { moments, index, reached, ...of }: Sight): readonly Find[] {
    const { known, entries } = shelfOf(of.suite);
    const before = known.size;
    for (const each of reached) known.add(each);
    if (known.size === before) return [];
    const { suite: _mixed, ...rest } = job;
    const tried = { run: runOf({ ...rest, ...of, index }), moments };
    entries.push({ from: job.index, tried });
    return [{ ...of, ...tried, reached }];
  }

  function wake() {
    const due = waiting.filter(({ until }) => isClosed || until <= done);
    waiting = waiting.filter((each) => !due.includes(each));
    for (const { go } of due) go();
  }

  return {
    take(job, of) {
      early.set(of.index, { job, result: of });
      const finds: Find[] = [];
      for (let next = early.get(done); next; next = early.get(done)) {
        early.delete(done++);
        // Of what breaks a rule others would break the same one.
        if (next.result.found) continue;
        for (const sight of next.result.sights ?? []) finds.push(...learn(next.job, sight));
      }
      wake();
      return finds;
    },
    async guidesFor(job) {
      // Half of the runs before it: the others may still be under way, on however many machines.
      const until = Math.floor(job.index / 2 / stepRuns) * stepRuns;
      if (until > done && !isClosed) await new Promise<void>((go) => waiting.push({ until, go }));
      return runsIn(job).flatMap(({ index, ...of }) => {
        const entries = shelfOf(of.suite).entries.filter(({ from }) => from < until);
        const entry = entries[chosen(entries.length, mix32(job.campaignSeed, ~index))];
        return index % 2 === 0 || !entry ? [] : [{ ...entry.tried, ...of, index }];
      });
    },
    close() {
      isClosed = true;
      wake();
    },
  };
}

/** The later ones more often: they came to what hardly any run comes to. */
function chosen(length: number, key: number): number {
  return Math.floor(length * Math.sqrt(randomFrom(key).float()));
}

/** The run of a job, and those that are mixed with it. */
function runsIn({ suite, index }: SearchJob): readonly Pick<Guide, "suite" | "index">[] {
  if (suite === undefined) return [{ index }];
  if (suite !== mixedSuite) return [{ suite, index }];
  const mixed = stagedSuites.flatMap(({ name, besides }) =>
    Array.from({ length: besides }, (_each, nth) => ({ suite: name, index: index * besides + nth })),
  );
  return [{ index }, ...mixed];
}
