import type { SearchJob, SearchResult } from "./search.ts";
import { createPool, type PoolOptions } from "./search_pool.ts";

/** Runs of a campaign that follow each other. */
export interface RunRange {
  /** The first of them. */
  readonly job: SearchJob;
  readonly count: number;
}

/** What performs the runs of a campaign: threads of this process, or the workers of a queue. */
export interface Performing extends AsyncDisposable {
  /** So many ranges are given out at a time. */
  readonly lanes: number;
  /** So many runs are in one. */
  readonly rangeLength: number;
  /** Undefined when the campaign was stopped before anybody began with them. */
  perform(range: RunRange): Promise<readonly SearchResult[] | undefined>;
}

/** The runs of a range, each as a job of its own. */
export function jobsOf({ job, count }: RunRange): readonly SearchJob[] {
  return Array.from({ length: count }, (_each, at) => ({ ...job, index: job.index + at }));
}

/** Performs runs in threads of this process, one run at a time in each. Without a word of defects there are none. */
export async function performInThreads(
  threads: number,
  options: PoolOptions = { hasDefects: false },
): Promise<Performing> {
  const pool = await createPool(threads, options);
  return {
    lanes: threads,
    rangeLength: 1,
    perform: (range) => Promise.all(jobsOf(range).map(async (job) => (await pool.run(job)) as SearchResult)),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}
