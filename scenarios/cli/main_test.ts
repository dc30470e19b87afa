import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { assert, test } from "../../properties/house/test.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entry = "scenarios/cli/main.ts";
/** What is loaded before a verb begins to work: the verbs, and what they declare their options with. */
const modulesMax = 40;

test("troupe tells how it is used without loading a cluster", async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    outdir: "out",
    write: false,
    metafile: true,
  });
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const each of metafile.inputs[path]?.imports ?? []) {
      if (each.kind === "import-statement" && !each.external) load(each.path);
    }
  };
  load(entry);
  assert.ok(loaded.size < modulesMax, [...loaded].join("\n"));
});
