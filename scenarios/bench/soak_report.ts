/** What is measured at the end of a minute. */
export interface SoakFigures {
  readonly minute: number;
  readonly rssMb: number;
  /** Of all workers together: what V8 has taken from the system, and what of it is in use, garbage with it. */
  readonly heapsTotalMb: number;
  readonly heapsMb: number;
  readonly diskMb: number;
  readonly storeMb: number;
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Requests of the minute that got no answer in time. */
  readonly unanswered: number;
  /** Workers that died since the start. */
  readonly deaths: number;
  /** What lives in the workers of each kind after all garbage was collected; absent in minutes in which it was not. */
  readonly livingMb?: Readonly<Record<string, number>>;
}

const columns = {
  minute: "minute",
  rssMb: "RSS MB",
  heapsTotalMb: "heaps MB",
  heapsMb: "in use MB",
  diskMb: "disk MB",
  storeMb: "store MB",
  events: "events",
  p50Ms: "p50 ms",
  p99Ms: "p99 ms",
  unanswered: "no answer",
  deaths: "deaths",
} as const satisfies Readonly<Record<Exclude<keyof SoakFigures, "livingMb">, string>>;
const width = 10;
const warmMinutes = 10;
/** So many minutes after the warm-up say something. */
const toldMinutes = 3;
/** So many looks at what lives say something. */
const toldLooks = 4;
/** What the last third may take beyond the first third after the warm-up. */
const growthMax = 1.1;
/** What a collection finds differs by what is under way just then. */
const livingNoiseMb = 8;
/** Logs and snapshots of all replicas, for each megabyte of the store and beside it. */
const diskMax = { perStore: 12, fixedMb: 600 };

/** The head of the table. */
export const soakHeader = Object.values(columns)
  .map((name) => name.padStart(width))
  .join("");

/** A minute's lines: the figures, and what lives where it was looked at, the most first. */
export function soakLine(figures: SoakFigures): string {
  const names = Object.keys(columns) as (keyof typeof columns)[];
  const line = names.map((name) => String(Math.round(figures[name] * 10) / 10).padStart(width)).join("");
  if (!figures.livingMb) return line;
  const kinds = Object.entries(figures.livingMb).sort(([, a], [, b]) => b - a);
  const told = kinds.map(([kind, mb]) => `${kind} ${Math.round(mb)}`).join(", ");
  return `${line}\n${" ".repeat(width)}  living MB: ${Math.round(sum(kinds.map(([, mb]) => mb)))}: ${told}`;
}

/** What is wrong with a soak; nothing when memory was flat after the warm-up, the disk bounded, and no worker died. */
export function judgeSoak(all: readonly SoakFigures[]): string[] {
  const warm = all.filter(({ minute }) => minute > warmMinutes);
  const third = Math.ceil(warm.length / 3);
  const problems: string[] = [];
  if (warm.length < toldMinutes) {
    problems.push(
      `Cannot tell whether memory is flat in ${all.length} minutes: run at least ${warmMinutes + toldMinutes}`,
    );
  }
  const [first, last] = [lowRss(warm.slice(0, third)), lowRss(warm.slice(-third))];
  if (last > growthMax * first) problems.push(`Memory grew: ${Math.round(first)} MB, then ${Math.round(last)} MB`);
  problems.push(...judgeLiving(all));
  const full = all.find(({ diskMb, storeMb }) => diskMb > diskMax.fixedMb + diskMax.perStore * storeMb);
  if (full) problems.push(`The disk grew: ${Math.round(full.diskMb)} MB in minute ${full.minute}`);
  const deaths = all.at(-1)?.deaths ?? 0;
  if (deaths > 0) problems.push(`Workers died: ${deaths}`);
  return problems;
}

/**
 * In which kinds of workers more lives at the end than when all was warm. A store's history comes and goes with each
 * compaction: so the least of the last looks is held against the most of the first.
 */
function judgeLiving(all: readonly SoakFigures[]): string[] {
  const looks = all.flatMap(({ minute, livingMb }) => (minute >= warmMinutes && livingMb ? [livingMb] : []));
  if (looks.length < toldLooks) return [];
  const third = Math.ceil(looks.length / 3);
  return Object.keys(looks.at(-1) ?? {}).flatMap((kind) => {
    const megabytes = looks.map((each) => each[kind] ?? 0);
    const [before, after] = [Math.max(...megabytes.slice(0, third)), Math.min(...megabytes.slice(-third))];
    if (after <= growthMax * before + livingNoiseMb) return [];
    return [`What lives in ${kind} grew: ${Math.round(before)} MB, then ${Math.round(after)} MB`];
  });
}

/**
 * What a quarter of the minutes stay below: what is kept raises the low minutes too, where garbage that a busy machine
 * has not come to collect only makes high ones.
 */
function lowRss(figures: readonly SoakFigures[]): number {
  const sorted = figures.map(({ rssMb }) => rssMb).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 4)] ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
