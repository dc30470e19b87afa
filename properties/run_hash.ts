import { performRun } from "./run.ts";
import { definitionOf } from "./search.ts";

/** Performs runs of a campaign in a process of its own, and prints their hashes: `tsx run_hash.ts SEED FROM COUNT`. */
const [campaignSeed = 0, from = 0, count = 1] = process.argv.slice(2).map(Number);
for (let index = from; index < from + count; index++) {
  const { hash } = performRun(definitionOf({ campaignSeed, index }));
  process.stdout.write(`${hash}\n`);
}
