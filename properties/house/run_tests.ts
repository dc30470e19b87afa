/**
 * Runs the tests: all of them, or those whose path contains one of the arguments (`npm test -- actors/store`).
 * Each file is a process of its own, two at a time; tsx is inherited through this process's own `--import tsx`.
 */
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { readHouse } from "./tidy/read_house.ts";

const FILE_MS_MAX = 15 * 60_000;
const FILES_AT_ONCE = 2;

// npm starts scripts at the top of the project, wherever it is called from.
const root = process.cwd();
const filters = process.argv.slice(2).map((filter) => relative(root, filter) || ".");
const files = (await readHouse(root))
  .map((file) => file.path)
  .filter((path) => path.endsWith("_test.ts"))
  .filter((path) => filters.length === 0 || filters.some((filter) => filter === "." || path.includes(filter)))
  // Scenarios are the slow ones: started first, they leave no lonely tail.
  .sort((a, b) => Number(b.startsWith("scenarios/")) - Number(a.startsWith("scenarios/")) || (a < b ? -1 : 1));

if (files.length === 0) {
  console.error(`Running tests: no *_test.ts file matches ${filters.join(" or ")}: give a part of a path from here`);
  process.exit(2);
}

const results = run({ files: files.map((path) => join(root, path)), concurrency: FILES_AT_ONCE, timeout: FILE_MS_MAX });
results.on("test:fail", (event) => {
  if (event.todo === undefined || event.todo === false) process.exitCode = 1;
});
results.compose(new spec()).pipe(process.stdout);
