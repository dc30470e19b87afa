import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, test } from "../house/test.ts";
import { prepareTraffic } from "../traffic/prepare.ts";
import { decodeReplay } from "./replay_file.ts";
import { performRun } from "./run.ts";

/** Each file is a run that once broke a rule, shrunk; it must never break one again. */
const folder = join(import.meta.dirname, "../seeds");

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".json")) continue;
  test(`performRun() finds nothing wrong any more in ${file}`, async () => {
    const path = join(folder, file);
    const { definition } = decodeReplay(readFileSync(path, "utf8"), path);
    if (definition.traffic) await prepareTraffic();
    assert.equal(performRun(definition).violation, undefined);
  });
}
