import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlaceTable } from "./place_table.ts";

/** What is in a script's folder: itself, what starts it, the table of its places, and the paths of its sources. */
export const [scriptFile, bootFile, rowsFile, sourcesFile] = ["tests.js", "boot.cjs", "places", "sources.json"];

/** What V8 has compiled of the script; each generation has what one more process called. */
export const codeFile = (generation: number) => `code-${generation}`;

/** The table of places in a script's folder. */
export function placesIn(folder: string): PlaceTable {
  const bytes = new Uint8Array(readFileSync(join(folder, rowsFile)));
  return {
    sources: JSON.parse(readFileSync(join(folder, sourcesFile), "utf8")) as readonly string[],
    rows: new Int32Array(bytes.buffer),
  };
}
