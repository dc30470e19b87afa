import { Piscina } from "piscina";

const youngMaxMb = 128;

/** Workers that perform runs, each one after the other: what they are given is a `SearchJob`. */
export function createPool(threads: number): Piscina {
  return new Piscina({
    filename: new URL("./search_worker.mjs", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    // All that a run made is garbage at its end: the less of it was copied until then, the better.
    resourceLimits: { maxYoungGenerationSizeMb: youngMaxMb },
  });
}
