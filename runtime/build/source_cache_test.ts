import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { cacheFolders, writeWhole } from "./source_cache.ts";

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

test("cacheFolders() puts the cache beside the packages, in a checkout and where we are one of them", () => {
  const first = (root: string) => cacheFolders(root)[0];
  assert.equal(first("/home/me/kubetroupe/"), "/home/me/kubetroupe/node_modules/.cache/kubetroupe");
  assert.equal(first("/srv/app/node_modules/kubetroupe/dist/"), "/srv/app/node_modules/.cache/kubetroupe");
});
