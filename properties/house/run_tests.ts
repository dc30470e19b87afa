/**
 * Runs the tests: all of them, or those whose path contains one of the arguments (`npm test -- actors/store`).
 * Each file is a process of its own, two at a time; tsx is inherited through this process's own `--import tsx`.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { readHouse } from "./tidy/read_house.ts";

const FILE_MS_MAX = 15 * 60_000;
const FILES_AT_ONCE = 2;
/** What takes longest, where nothing has run here yet. */
const LONGEST = ["run_scenario_line", "package", "large_objects", "siege", "seed_exact", "walkthroughs", "signals"];

// npm starts scripts at the top of the project, wherever it is called from.
const root = process.cwd();
const filters = process.argv.slice(2).map((filter) => relative(root, filter) || ".");
const timesFile = join(root, "node_modules", ".cache", "kubetroupe-test-times.json");
const times = await readTimes();
const files = (await readHouse(root))
  .map((file) => file.path)
  .filter((path) => path.endsWith("_test.ts"))
  .filter((path) => filters.length === 0 || filters.some((filter) => filter === "." || path.includes(filter)))
  .sort((a, b) => compare(slownessOf(b), slownessOf(a)) || (a < b ? -1 : 1));

if (files.length === 0) {
  console.error(`Running tests: no *_test.ts file matches ${filters.join(" or ")}: give a part of a path from here`);
  process.exit(2);
}

const results = run({ files: files.map((path) => join(root, path)), concurrency: FILES_AT_ONCE, timeout: FILE_MS_MAX });
results.on("test:fail", (event) => {
  if (event.todo === undefined || event.todo === false) process.exitCode = 1;
});
const taken = new Map<string, number>();
results.on("test:complete", ({ file, name, details }) => {
  // A file's own process is told of like a test that is named after it.
  if (file !== undefined && name === file) taken.set(relative(root, file), details.duration_ms);
});
results.on("end", () => void writeTimes());
results.compose(new spec()).pipe(process.stdout);

/** The longest first, by how long each took when it last ran here, so that no lonely tail is left; new ones before all. */
function slownessOf(path: string): number {
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
