import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert, test } from "../house/test.ts";
import { prepareTraffic } from "../traffic/prepare.ts";
import { perform } from "./perform.ts";
import { decodeReplay } from "./replay_file.ts";

/** Each file is a run that once broke a rule, shrunk; it must never break one again. */
const folder = join(import.meta.dirname, "../seeds");

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".json")) continue;
  test(`performRun() finds nothing wrong any more in ${file}`, async () => {
    const path = join(folder, file);
    const { definition } = decodeReplay(readFileSync(path, "utf8"), path);
    if ("traffic" in definition) await prepareTraffic();
    assert.equal(perform(definition).violation, undefined);
  });
}
