import { randomUUID } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { cacheFolders, fromSources, type Recipe, writeWhole } from "./source_cache.ts";

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

test("fromSources() reads no source that has the stamp it had, and reads all where one has another", async () => {
  const name = `of this test ${randomUUID()}`;
  const sources = [fileURLToPath(import.meta.url)];
  const recipe: Recipe<string, string> = { name, make: async () => ({ sources, value: name }), place: (raw) => raw };
  const { folder, isNew } = await fromSources(recipe);
  assert.equal(isNew, true);
  const texts = (await readdir(folder)).filter((file) => file.endsWith(".json")).map((file) => join(folder, file));
  const read = await Promise.all(texts.map(async (path) => ({ path, text: await readFile(path, "utf8") })));
  const { path, text } = read.find((each) => each.text.includes(name)) ?? { path: "", text: "{}" };
  try {
    const entry = JSON.parse(text) as { readonly sourcesHash: string; readonly stamps: string };
    await writeFile(path, JSON.stringify({ ...entry, sourcesHash: "of other content" }));
    assert.equal((await fromSources(recipe)).isNew, false);
    await writeFile(path, JSON.stringify({ ...entry, stamps: "others" }));
    assert.equal((await fromSources(recipe)).isNew, false);
    assert.equal(JSON.parse(await readFile(path, "utf8")).stamps, entry.stamps);
    await writeFile(path, JSON.stringify({ ...entry, stamps: "others", sourcesHash: "of other content" }));
    assert.equal((await fromSources(recipe)).isNew, true);
  } finally {
    await rm(path, { force: true });
  }
});
