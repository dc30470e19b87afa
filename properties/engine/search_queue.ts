import { availableParallelism } from "node:os";
import { type Job, Queue, QueueEvents, Worker } from "bullmq";
import { Redis } from "ioredis";
import { jobsOf, type Performing, type RunRange } from "./performing.ts";
import { replayVersion } from "./replay_file.ts";
import type { SearchResult } from "./search.ts";
import { createPool } from "./search_pool.ts";
import { shownUrl } from "./shown_url.ts";

/** The name of the queue: who performs runs in another way listens elsewhere. */
export const queueName = `kubetroupe-runs-${replayVersion}`;
/** So many ranges wait in the queue or are worked on at a time. */
const lanes = 64;
/** What a worker takes at a time: asking for work costs less than a run. */
const rangeLength = 4;
/** What became of a range stays there for whoever asked, who reads it at once. */
const [keptS, keptMax] = [3_600, 1_000];
const silenceMsDefault = 30_000;
/** A range that this many workers died of is no worker's fault. */
const [attempts, deathsMax] = [3, 3];
const connectMs = 5_000;

/** Where runs are waited for, and by whom. */
export interface QueueOptions {
  /** `redis://host:port`. */
  readonly url: string;
  /** Stops it: what nobody has begun is taken out of the queue, what is under way is waited for. */
  readonly signal: AbortSignal;
}

/**
 * Has the workers of a queue perform runs, on however many machines they are. A worker that dies loses nothing: what it
 * was at is given to another one.
 *
 * @throws Error that says what to do when there is no Redis at the URL
 */
export async function performInQueue({ url, signal }: QueueOptions): Promise<Performing> {
  await assertReachable(url);
  const connection = connect(url);
  const queue = new Queue<RunRange, readonly SearchResult[]>(queueName, { connection });
  const listening = connect(url);
  const events = new QueueEvents(queueName, { connection: listening });
  await events.waitUntilReady();
  /** What is waited for, and how waiting for it is given up. */
  const waitedFor = new Map<Job<RunRange, readonly SearchResult[]>, () => void>();
  const takeOut = () => {
    // Refused for a range that a worker has begun.
    for (const [job, giveUp] of waitedFor) void job.remove().then(giveUp, () => {});
  };
  signal.addEventListener("abort", takeOut, { once: true });
  return {
    lanes,
    rangeLength,
    async perform(range) {
      const kept = { age: keptS, count: keptMax };
      const job = await queue.add("range", range, { attempts, removeOnComplete: kept, removeOnFail: kept });
      const givenUp = new Promise<undefined>((resolve) => waitedFor.set(job, () => resolve(undefined)));
      if (signal.aborted) takeOut();
      const finished = job.waitUntilFinished(events);
      // Nobody may be left to hear of it.
      finished.catch(() => {});
      try {
        return await Promise.race([finished, givenUp]);
      } finally {
        waitedFor.delete(job);
      }
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", takeOut);
      await Promise.all([...waitedFor.keys()].map((job) => job.remove().catch(() => {})));
      await events.close();
      await queue.close();
      for (const each of [connection, listening]) each.disconnect();
    },
  };
}

/**
 * How many workers listen to a queue now.
 *
 * @throws Error that says what to do when there is no Redis at the URL
 */
export async function workersOf(url: string): Promise<number> {
  await assertReachable(url);
  const connection = connect(url);
  const queue = new Queue(queueName, { connection });
  try {
    return await queue.getWorkersCount();
  } finally {
    await queue.close();
    connection.disconnect();
  }
}

/** How a worker of a queue works, and who hears of what it has done. */
export interface WorkerOptions extends QueueOptions {
  /** Runs side by side. Default: one for each core. */
  readonly threads?: number;
  /** A range whose worker was silent for so long is given to another one. Default 30,000. */
  readonly silenceMs?: number;
  readonly onDone: (results: readonly SearchResult[]) => void;
}

/**
 * Performs what campaigns put into a queue until it is stopped; then it ends what it has begun.
 *
 * @throws Error that says what to do when there is no Redis at the URL
 */
export async function serveQueue(options: WorkerOptions): Promise<void> {
  const { url, signal, threads = availableParallelism(), silenceMs = silenceMsDefault, onDone } = options;
  await assertReachable(url);
  const connection = connect(url);
  const pool = await createPool(threads, { hasDefects: true });
  const perform = async ({ data }: Job<RunRange>): Promise<readonly SearchResult[]> => {
    const results: SearchResult[] = [];
    for (const job of jobsOf(data)) results.push((await pool.run(job)) as SearchResult);
    onDone(results);
    return results;
  };
  const worker = new Worker<RunRange, readonly SearchResult[]>(queueName, perform, {
    ...{ connection, concurrency: threads },
    ...{ lockDuration: silenceMs, stalledInterval: silenceMs / 3, maxStalledCount: deathsMax },
  });
  // A Redis that is gone for a while is waited for.
  worker.on("error", () => {});
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await worker.close();
  await pool.destroy();
  connection.disconnect();
}

/** A connection that comes back by itself, as the queue's library wants it. */
function connect(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  return redis;
}

async function assertReachable(url: string): Promise<void> {
  const why = await problemOf(url);
  if (why === undefined) return;
  throw new Error(
    `Cannot use the queue "${shownUrl(url)}": ${why}, start a Redis there or give another one with --queue`,
  );
}

async function problemOf(url: string): Promise<string | undefined> {
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: connectMs });
  let why: string | undefined;
  probe.on("error", ({ message }) => {
    why = message;
  });
  try {
    await probe.connect();
    await probe.ping();
    return undefined;
  } catch (error) {
    return why ?? (error as Error).message;
  } finally {
    probe.disconnect();
  }
}
