import { perform } from "./perform.ts";
import { runOf } from "./search.ts";

/**
 * Performs runs of campaigns in a process of its own, and prints their hashes: `run_hash.ts SEED FROM COUNT SUITE`, and as
 * many more fours of words as there are campaigns. An empty word is the suite of whole clusters.
 */
const words = process.argv.slice(2);
for (let at = 0; at < words.length; at += 4) {
  const [campaignSeed = 0, from = 0, count = 0] = words.slice(at, at + 3).map(Number);
  const suite = words[at + 3] ?? "";
  for (let index = from; index < from + count; index++) {
    const definition = runOf({ campaignSeed, index, ...(suite === "" ? {} : { suite }) });
    // Read only where it is needed.
    if ("traffic" in definition) await (await import("../traffic/prepare.ts")).prepareTraffic();
    const { hash } = perform(definition);
    process.stdout.write(`${hash}\n`);
  }
}
