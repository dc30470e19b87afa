import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, scenario } from "../../properties/test.ts";
import { writeWhole } from "./source_cache.ts";

scenario("writeWhole() leaves a whole file when several of one process write it at once", {}, async (context) => {
  const path = join(await context.folder(), "shared.json");
  const texts = Array.from({ length: 40 }, (_each, index) => String(index).repeat(50_000));
  const outcomes = await Promise.allSettled(texts.map((text) => writeWhole(path, text)));
  assert.deepEqual(
    outcomes.filter(({ status }) => status === "rejected"),
    [],
  );
  assert.ok(texts.includes(await readFile(path, "utf8")));
  assert.deepEqual(await readdir(join(path, "..")), ["shared.json"]);
});
