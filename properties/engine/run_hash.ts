import { performRun } from "./run.ts";
import { definitionOf } from "./search.ts";

/**
 * Performs runs of a campaign in a process of its own, and prints their hashes: `tsx run_hash.ts SEED FROM COUNT`, with
 * a fourth word of runs that all have traffic.
 */
const [seed, first, howMany, isTraffic] = process.argv.slice(2);
const [campaignSeed = 0, from = 0, count = 1] = [seed, first, howMany].map(Number);
for (let index = from; index < from + count; index++) {
  const definition = definitionOf({ campaignSeed, index, ...(isTraffic ? { traffic: "always" } : {}) });
  // Read only where it is needed: this script is also bundled into one file, which has no images beside it.
  if (definition.traffic) await (await import("../traffic/prepare.ts")).prepareTraffic();
  const { hash } = performRun(definition);
  process.stdout.write(`${hash}\n`);
}
