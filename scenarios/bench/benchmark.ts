/** One figure that a benchmark has found. */
export interface Measurement {
  /** What was measured, of what: `3 nodes Ready, thread host`. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the design asks for; absent where it names no figure. */
  readonly budget?: number;
  readonly better: "more" | "less";
}

/** How a benchmark is run. */
export interface BenchmarkOptions {
  /** Much less work, for trying whether it works: the figures say little. */
  readonly isQuick: boolean;
  /** Another cluster to measure, where a benchmark only needs an API server: the path of a kubeconfig. */
  readonly kubeconfig?: string;
}

/** A benchmark, a file each in `benchmarks/`. */
export interface Benchmark {
  readonly name: string;
  run(options: BenchmarkOptions): Promise<readonly Measurement[]>;
}

/** How long something takes, in seconds. */
export async function secondsOf(body: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await body();
  return (performance.now() - startedMs) / 1000;
}

/** The middle one of several figures: what else goes on in a machine moves it least. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
