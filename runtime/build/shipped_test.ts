import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { shelfIn } from "./shipped.ts";
import { projectRoot } from "./source_files.ts";

const [first, second] = [`first ${pathToFileURL(projectRoot).href}a.js`, "second"];
const value = { code: 'write("ä \u2028 𝄞")', more: [1, null] };

async function stage(context: ScenarioContext) {
  const folder = await context.folder();
  const [one, two] = [join(folder, "one.js"), join(folder, "two.js")];
  for (const path of [one, two]) await writeFile(path, "as it was");
  const shelf = join(folder, "shelf");
  const made = [
    [first, { sources: [one, two], value }],
    [second, { sources: [two], value: "another" }],
  ] as const;
  await shelfIn(shelf).ship(new Map<string, (typeof made)[number][1]>(made));
  return { shelf: shelfIn(shelf), one, two, folder };
}

scenario("a shelf gives what was shipped, each by its name", {}, async (context) => {
  const { shelf, one, two } = await stage(context);
  const { sources, value: found } = (await shelf.find(first)) ?? {};
  assert.deepEqual([sources, found], [[one, two], value]);
  assert.equal((await shelf.find(second))?.value, "another");
  assert.equal(await shelf.find("third"), undefined);
});

scenario("a shelf gives nothing of sources that are others now, or gone", {}, async (context) => {
  const { shelf, one, two } = await stage(context);
  await writeFile(one, "as it is");
  assert.equal(await shelf.find(first), undefined);
  assert.equal((await shelf.find(second))?.value, "another");
  await rm(two);
  assert.equal(await shelf.find(second), undefined);
});

scenario("a shelf that is not there gives nothing", {}, async (context) => {
  assert.equal(await shelfIn(join(await context.folder(), "none")).find(first), undefined);
});
