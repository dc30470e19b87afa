import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { pruneCache } from "./cache_limits.ts";

const nowMs = 1_900_000_000_000;
const minuteMs = 60_000;

/** Makes a folder in which each name was last used so many minutes ago, and has a kilobyte. */
async function folderOf(context: ScenarioContext, usedMinutesAgo: Readonly<Record<string, number>>) {
  const folder = await context.folder();
  for (const [name, minutes] of Object.entries(usedMinutesAgo)) {
    const path = join(folder, name);
    if (name.includes(".")) await writeFile(path, "x".repeat(1_024));
    else {
      await mkdir(path);
      await writeFile(join(path, "bundle.cjs"), "x".repeat(1_024));
    }
    const used = new Date(nowMs - minutes * minuteMs);
    await utimes(path, used, used);
  }
  return folder;
}

const prune = (folder: string, bytesMax: number) => pruneCache(folder, { bytesMax, keptMs: 60 * minuteMs, nowMs });

scenario("pruneCache() drops what was used the longest ago until the rest fits", {}, async (context) => {
  const folder = await folderOf(context, {
    "000000000000000a.json": 300,
    "000000000000000b.mjs": 200,
    "000000000000000c.mjs": 100,
  });
  await prune(folder, 2_048);
  assert.deepEqual((await readdir(folder)).toSorted(), ["000000000000000b.mjs", "000000000000000c.mjs"]);
});

scenario("pruneCache() keeps what was used within the hour, and all when it fits", {}, async (context) => {
  const names = { "000000000000000a.json": 50, "000000000000000b.mjs": 30 };
  const folder = await folderOf(context, names);
  await prune(folder, 0);
  const old = await folderOf(context, { "000000000000000d.json": 10_000 });
  await prune(old, 2_048);
  assert.deepEqual([(await readdir(folder)).length, (await readdir(old)).length], [2, 1]);
});

scenario("pruneCache() drops folders whole and what was left half written, and nothing else", {}, async (context) => {
  const folder = await folderOf(context, {
    "000000000000000a": 300,
    ".000000000000000b.json.4711": 300,
    ".000000000000000c.Xy12ab": 300,
    ".writable": 300,
    "kubectl-c627b969.zip": 300,
  });
  await prune(folder, 0);
  assert.deepEqual((await readdir(folder)).toSorted(), [".writable", "kubectl-c627b969.zip"]);
});
