import { perform } from "./perform.ts";
import { runOf } from "./search.ts";

/**
 * Performs runs of a campaign in a process of its own, and prints their hashes: `run_hash.ts SEED FROM COUNT`, with
 * a fourth word of the runs of that suite.
 */
const [seed, first, howMany, suite] = process.argv.slice(2);
const [campaignSeed = 0, from = 0, count = 1] = [seed, first, howMany].map(Number);
for (let index = from; index < from + count; index++) {
  const definition = runOf({ campaignSeed, index, ...(suite === undefined ? {} : { suite }) });
  // Read only where it is needed.
  if ("traffic" in definition) await (await import("../traffic/prepare.ts")).prepareTraffic();
  const { hash } = perform(definition);
  process.stdout.write(`${hash}\n`);
}
