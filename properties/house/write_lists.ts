/** Writes the generated lists of alike things, as far as they are out of date. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listsOf } from "./lists.ts";
import { readHouse } from "./tidy/read_house.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = await readHouse(root);
const texts = new Map(files.map(({ path, text }) => [path, text]));
for (const { path, text } of listsOf(files)) {
  if (texts.get(path) === text) continue;
  await writeFile(join(root, path), text);
  console.log(`Wrote ${path}`);
}
