/**
 * `npm pack` and `npm publish` run it first: writes `dist/`, what the published package runs, which is JavaScript for
 * plain Node with types and source maps. Each module stays a file of its own at the place it has here, because actors
 * name theirs by `import.meta.url`. What clusters bundle of them for workers is bundled here, into `dist/shipped`.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "dist");
const shipper = "properties/house/ship";
/** What is imported, run, bundled or loaded by name; all else is found from there. */
const entries = [
  "scenarios/mod.ts",
  "scenarios/cli/main.ts",
  "scenarios/cluster/devices.ts",
  "runtime/hosts/free/shard_entry.ts",
  "actors/cri/modules/modules_backend.ts",
  "actors/cri/modules/inside/context_entry.ts",
  "actors/cri/modules/inside/worker_entry.ts",
  "properties/engine/performers.ts",
];
/** Folders whose modules are read as files, and what else is read: as it is. */
const imageFolders = ["scenarios/images", "properties/traffic/images"];
const assets = [
  "scenarios/images/ingress/ingress.yaml",
  "scenarios/images/shop/shop.yaml",
  "runtime/build/worker_boot.cjs",
  "properties/engine/search_worker.mjs",
];

await rm(dist, { recursive: true, force: true });
await compile([...entries, `${shipper}.ts`, ...(await imageModules())]);
for (const asset of assets) await copy(asset);
const files = await filesBelow(dist);
for (const file of files.filter((each) => each.endsWith(".js"))) await renameSiblings(file);
await dropUnreachableTypes(files.filter((each) => each.endsWith(".d.ts")));
await ship();

async function imageModules(): Promise<readonly string[]> {
  const found = await Promise.all(imageFolders.map((folder) => filesBelow(join(root, folder))));
  const isModule = (path: string) => path.endsWith(".ts") && !path.endsWith("_test.ts");
  return found
    .flat()
    .filter(isModule)
    .map((path) => relative(root, path));
}

async function compile(sources: readonly string[]) {
  const config = join(root, "node_modules", ".cache", "kubetroupe-package.json");
  await mkdir(dirname(config), { recursive: true });
  const compilerOptions = {
    noEmit: false,
    // What a check has seen before must still be written, and is not checked again: `npm run check` does that.
    incremental: false,
    noCheck: true,
    tsBuildInfoFile: null,
    rootDir: root,
    outDir: dist,
    rewriteRelativeImportExtensions: true,
    declaration: true,
    sourceMap: true,
    inlineSources: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    resolveJsonModule: true,
  };
  const text = {
    extends: join(root, "tsconfig.json"),
    compilerOptions,
    files: sources.map((path) => join(root, path)),
    include: [],
  };
  await writeFile(config, JSON.stringify(text));
  const run = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", config], { cwd: root, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`Cannot compile the package: ${run.stdout}${run.stderr}`);
}

async function copy(path: string) {
  await mkdir(dirname(join(dist, path)), { recursive: true });
  await cp(join(root, path), join(dist, path));
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The compiler follows imports, but not the modules that are named by URL. The name stays as long, so maps hold. */
async function renameSiblings(file: string) {
  const text = await readFile(file, "utf8");
  const renamed = text.replace(
    /new URL\("(\.{1,2}\/[^"]+)\.ts", import\.meta\.url\)/g,
    'new URL("$1.js", import.meta.url)',
  );
  if (renamed !== text) await writeFile(file, renamed);
}

/** Only what the library's own types lead to is of use to anybody. */
async function dropUnreachableTypes(declarations: readonly string[]) {
  const reached = new Set<string>();
  const visit = async (file: string) => {
    if (reached.has(file) || !declarations.includes(file)) return;
    reached.add(file);
    const text = await readFile(file, "utf8");
    for (const [, path = ""] of text.matchAll(/(?:from|import\()\s*"(\.{1,2}\/[^"]+)"/g)) {
      await visit(join(dirname(file), path).replace(/\.[jt]s$/, ".d.ts"));
    }
  };
  await visit(join(dist, "scenarios/mod.d.ts"));
  await Promise.all(declarations.filter((file) => !reached.has(file)).map((file) => rm(file)));
}

/** The compiled modules do it, so that what is shipped is made of them; then who did it has done its part. */
async function ship() {
  const { shipAll } = (await import(pathToFileURL(join(dist, `${shipper}.js`)).href)) as typeof import("./ship.ts");
  await shipAll(imageFolders.map((folder) => join(dist, folder)));
  for (const ending of [".js", ".js.map"]) await rm(join(dist, `${shipper}${ending}`));
}
