import { fileURLToPath, pathToFileURL } from "node:url";
import { Piscina } from "piscina";

const youngMaxMb = 128;
const performer = "properties/engine/performer.ts";

/** What workers perform. */
export interface PoolOptions {
  /** Whether there may be jobs with a deliberate defect, which are performed by a copy of the code. */
  readonly hasDefects: boolean;
}

/**
 * Makes workers that perform runs, each one after the other: what they are given is a `SearchJob`. In a checkout they
 * run a bundle of the sources.
 */
export async function createPool(threads: number, { hasDefects }: PoolOptions): Promise<Piscina> {
  const bundle = isCheckout() ? await bundled() : undefined;
  const performers = isCheckout() && hasDefects ? await bundledPerformers() : undefined;
  return new Piscina({
    filename: new URL("./search_worker.mjs", import.meta.url).href,
    workerData: { bundle, performers },
    // Each starts when there is something for it to do, and stays: to load the code takes longer than a run.
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    // All that a run made is garbage at its end: the less of it was copied until then, the better.
    resourceLimits: { maxYoungGenerationSizeMb: youngMaxMb },
  });
}

/** What is published was compiled. */
function isCheckout(): boolean {
  return import.meta.url.endsWith(".ts");
}

/** Loaded on use: what is published needs no bundler. */
async function bundled(): Promise<string> {
  const { bundledModule } = await import("./load_mutated.ts");
  return bundledModule(performer);
}

/** What makes copies with a defect: to load its sources takes longer than most runs. */
async function bundledPerformers(): Promise<string> {
  const { bundlePrograms } = await import("../../runtime/build/program_bundle.ts");
  const program = fileURLToPath(new URL("./performers.ts", import.meta.url));
  return pathToFileURL((await bundlePrograms([program])).fileOf(program)).href;
}
