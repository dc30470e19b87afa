/** What is measured at the end of a minute. */
export interface SoakFigures {
  readonly minute: number;
  readonly rssMb: number;
  /** Of all workers together, and of the largest. */
  readonly heapsMb: number;
  readonly largestHeapMb: number;
  readonly diskMb: number;
  readonly storeMb: number;
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Workers that died since the start. */
  readonly deaths: number;
}

const columns = {
  minute: "minute",
  rssMb: "RSS MB",
  heapsMb: "heaps MB",
  largestHeapMb: "largest MB",
  diskMb: "disk MB",
  storeMb: "store MB",
  events: "events",
  p50Ms: "p50 ms",
  p99Ms: "p99 ms",
  deaths: "deaths",
} as const satisfies Readonly<Record<keyof SoakFigures, string>>;
const width = 11;
const warmMinutes = 10;
/** So many minutes after the warm-up say something. */
const toldMinutes = 3;
/** What the last third may take beyond the first third after the warm-up. */
const growthMax = 1.25;
/** Logs and snapshots of all replicas, for each megabyte of the store and beside it. */
const diskMax = { perStore: 12, fixedMb: 600 };

/** The head of the table. */
export const soakHeader = Object.values(columns)
  .map((name) => name.padStart(width))
  .join("");

/** A minute's line. */
export function soakLine(figures: SoakFigures): string {
  const names = Object.keys(columns) as (keyof SoakFigures)[];
  return names.map((name) => String(Math.round(figures[name] * 10) / 10).padStart(width)).join("");
}

/** What is wrong with a soak; nothing when memory was flat after the warm-up, the disk bounded, and no worker died. */
export function judgeSoak(all: readonly SoakFigures[]): string[] {
  const warm = all.slice(warmMinutes);
  const third = Math.ceil(warm.length / 3);
  const problems: string[] = [];
  if (warm.length < toldMinutes) {
    problems.push(
      `Cannot tell whether memory is flat in ${all.length} minutes: run at least ${warmMinutes + toldMinutes}`,
    );
  }
  const [first, last] = [mean(warm.slice(0, third)), mean(warm.slice(-third))];
  if (last > growthMax * first) problems.push(`Memory grew: ${Math.round(first)} MB, then ${Math.round(last)} MB`);
  const full = all.find(({ diskMb, storeMb }) => diskMb > diskMax.fixedMb + diskMax.perStore * storeMb);
  if (full) problems.push(`The disk grew: ${Math.round(full.diskMb)} MB in minute ${full.minute}`);
  const deaths = all.at(-1)?.deaths ?? 0;
  if (deaths > 0) problems.push(`Workers died: ${deaths}`);
  return problems;
}

function mean(figures: readonly SoakFigures[]): number {
  return figures.reduce((sum, { rssMb }) => sum + rssMb, 0) / Math.max(1, figures.length);
}
