import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { assert, test } from "../../properties/house/test.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entry = "scenarios/cli/main.ts";
/** What is loaded before a verb begins to work: the verbs, and what they declare their options with. */
const modulesMax = 40;
/** What is loaded, on the way from the command to a cluster whose components live in workers. */
const wayToThreads = ["scenarios/cluster/create_cluster.ts", "scenarios/cluster/free_host.ts"];

let graph: Promise<Metafile["inputs"]> | undefined;

async function graphOf(): Promise<Metafile["inputs"]> {
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
  return metafile.inputs;
}

/** The modules that some load at once, themselves among them. */
async function loadedBy(paths: readonly string[]): Promise<readonly string[]> {
  graph ??= graphOf();
  const inputs = await graph;
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const each of inputs[path]?.imports ?? []) {
      if (each.kind === "import-statement" && !each.external) load(each.path);
    }
  };
  for (const path of paths) load(path);
  return [...loaded];
}

test("troupe tells how it is used without loading a cluster", async () => {
  const loaded = await loadedBy([entry]);
  assert.ok(loaded.length < modulesMax, loaded.join("\n"));
});

test("the main thread of a cluster in threads loads no component's code, which only its workers run", async () => {
  const loaded = await loadedBy(wayToThreads);
  assert.ok(loaded.includes("runtime/hosts/free/free_host.ts"), "the way is still the one that is looked at");
  const isOfComponents = (path: string) =>
    /^actors\/.*(?:\/machine|_definition|\/definition|\/api\/kinds\/\w+|_?loops\/(?!accounts)\w+)\.ts$/.test(path);
  assert.deepEqual(loaded.filter(isOfComponents), []);
});
