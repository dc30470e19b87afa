import { SourceMap, type SourceMapPayload } from "node:module";
import { transform } from "esbuild";
import { assert, test } from "../test.ts";
import { mapPlaces } from "./map_places.ts";
import { placeOf, tableOf } from "./place_table.ts";

const source = `
interface Shape { readonly sides: number }
export function sidesOf(shapes: readonly Shape[]): number {
  // A comment.
  const all = shapes.map(({ sides }) => sides);
  if (all.length === 0) throw new Error("none");
  return all.reduce((sum, sides) => sum + sides);
}

export const square: Shape = { sides: 4 };
`;

test("tableOf() finds the lines that Node finds in a map, whichever way the code is broken into lines", async () => {
  for (const minifyWhitespace of [true, false]) {
    const { code, map: text } = await transform(source, { loader: "ts", sourcemap: true, minifyWhitespace });
    const payload = JSON.parse(text) as SourceMapPayload;
    const map = new SourceMap(payload);
    const table = tableOf(payload, () => "/here/shapes.ts");
    const found = new Set<number>();
    for (const [line, letters] of code.split("\n").entries()) {
      for (const [column] of [...letters].entries()) {
        const entry = map.findEntry(line, column);
        if (!("originalLine" in entry) || entry.generatedLine !== line) continue;
        const place = placeOf(table, line + 1, column + 1);
        assert.deepEqual([place?.path, place?.line], ["/here/shapes.ts", entry.originalLine + 1]);
        found.add(entry.originalLine + 1);
      }
    }
    assert.ok([3, 5, 6, 7, 10].every((line) => found.has(line)));
  }
});

test("placeOf() finds nothing where nothing was made of a source", async () => {
  const { map } = await transform(source, { loader: "ts", sourcemap: true, banner: "// Ours\n" });
  const table = tableOf(JSON.parse(map) as SourceMapPayload, (name) => name);
  assert.equal(placeOf(table, 1, 1), undefined);
  assert.equal(placeOf(table, 1_000, 1), undefined);
});

test("mapPlaces() replaces the places of one file in a stack", () => {
  const table = { sources: ["/a/b.ts"], rows: Int32Array.from([0, 10, 0, 4, 2]) };
  const map = mapPlaces("/x/tests.js", table);
  assert.equal(
    map("at f (/x/tests.js:1:12)\nat /x/tests.js:1:5\nat g (/y/tests.js:1:12)"),
    "at f (/a/b.ts:5:3)\nat /x/tests.js:1:5\nat g (/y/tests.js:1:12)",
  );
});
