/**
 * Runs the tests: all of them, or those whose path contains one of the arguments (`npm test -- actors/store`); in
 * their long form (`npm run long`), of all of them those that have one.
 * Four processes at a time, since many of them wait at times: files that only compute share one, every other has one
 * alone (`runner/groups.ts`). They run a script of all tests, which loads faster than sources do; where none can be
 * made, tsx is inherited through this process's own `--import tsx`. With `TROUPE_CPU=1` it says what each process cost.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { Readable } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { eventsInSources } from "./runner/events_in_sources.ts";
import { groupEntries } from "./runner/group_entries.ts";
import { fileToldOf, type Group, groupsOf } from "./runner/groups.ts";
import { processorTimes, timesText } from "./runner/processor_time.ts";
import { readHouse } from "./tidy/read_house.ts";

/** A file that hangs is told of while others still wait for it; the long form of one may well take that long. */
const FILE_MS_MAX = process.env.TROUPE_LONG === "1" ? 60 * 60_000 : 7 * 60_000;
const PROCESSES_AT_ONCE = 4;
/** What takes longest, where nothing has run here yet. */
const LONGEST = [
  "run_scenario_line",
  "package",
  "large_objects",
  "siege",
  "siege_by_clients",
  "seed_exact",
  "walkthroughs",
  "signals",
];

// npm starts scripts at the top of the project, wherever it is called from.
const root = process.cwd();
const filters = process.argv.slice(2).map((filter) => relative(root, filter) || ".");
const cache = join(root, "node_modules", ".cache");
const timesFile = join(cache, "kubetroupe-test-times.json");
const times = await readTimes();
const house = await readHouse(root);
const isLongRun = process.env.TROUPE_LONG === "1";
const tests = house
  .filter(({ text }) => !isLongRun || filters.length > 0 || /\bisLong\b/.test(text))
  .map((file) => file.path)
  .filter((path) => path.endsWith("_test.ts"))
  .filter((path) => filters.length === 0 || filters.some((filter) => filter === "." || path.includes(filter)));

if (tests.length === 0) {
  console.error(`Running tests: no *_test.ts file matches ${filters.join(" or ")}: give a part of a path from here`);
  process.exit(2);
}

/** Coverage is told of sources. */
const isBundled = process.env.NODE_V8_COVERAGE === undefined;
const taken = new Map<string, number>();
const groups = groupsOf(tests, house, { msOf: (path) => times[path] });
await perform(
  groups.toSorted((a, b) => compare(slownessOf(b), slownessOf(a)) || ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1)),
);
const missing = groups.filter((group) => group.length > 1).flatMap((group) => group.filter((path) => !taken.has(path)));
if (missing.length > 0) {
  console.error(
    `\nA process ended before these files of it had run, so that each has one alone now:\n${missing.join("\n")}\n`,
  );
  process.exitCode = 1;
  await perform(missing.map((path) => [path]));
}
await writeTimes();

/** Runs groups, four at a time, and tells of them. Files that did not come to their end have taken no time. */
async function perform(given: readonly Group[]): Promise<void> {
  await using entries = await groupEntries(given, { root, folder: cache, house, isBundled });
  if (entries.failure !== undefined)
    console.error(`Running sources, of which no script can be made: ${entries.failure}\n`);
  // What a process of tests is started with: what this one was, unless it runs a script.
  if (entries.script !== undefined) process.execArgv.splice(0, Infinity);
  const processors = process.env.TROUPE_CPU === "1" ? await processorTimes(entries.folder) : undefined;
  process.execArgv.push(...(processors?.execArgv ?? []));
  const results = run({ files: [...entries.groups.keys()], concurrency: PROCESSES_AT_ONCE, timeout: FILE_MS_MAX });
  results.on("test:fail", (event) => {
    if (event.todo === undefined || event.todo === false) process.exitCode = 1;
  });
  results.on("test:complete", ({ name, nesting, details }) => {
    const path = nesting === 0 ? fileToldOf(name, entries.groups) : undefined;
    if (path !== undefined) taken.set(path, details.duration_ms);
  });
  const located = entries.script === undefined ? results : Readable.from(eventsInSources(entries.script)(results));
  const report = located.compose(new spec());
  report.pipe(process.stdout);
  await new Promise((resolve) => report.on("end", resolve));
  const seconds = [...((await processors?.read()) ?? [])].map(
    ([entry, each]) => [entries.groups.get(entry)?.join(" ") ?? entry, each] as const,
  );
  if (seconds.length > 0) console.log(timesText(new Map(seconds)));
}

/** The longest first, by how long each took when it last ran here, so that no lonely tail is left; new ones before all. */
function slownessOf(group: Group): number {
  return group.map(timeOf).reduce((sum, time) => sum + time);
}

function timeOf(path: string): number {
  const isLong = LONGEST.some((name) => path.endsWith(`/${name}_test.ts`));
  return times[path] ?? (isLong || path.startsWith("scenarios/") ? Number.POSITIVE_INFINITY : Number.MAX_VALUE);
}

async function readTimes(): Promise<Readonly<Record<string, number>>> {
  try {
    return JSON.parse(await readFile(timesFile, "utf8")) as Record<string, number>;
  } catch {
    return {};
  }
}

/** What did not run now took as long as it did before. */
async function writeTimes() {
  await mkdir(dirname(timesFile), { recursive: true });
  await writeFile(timesFile, JSON.stringify({ ...times, ...Object.fromEntries(taken) }));
}

/** Infinities have no difference. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
