import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { failed, ok, type Result } from "../../../actors/kit/result.ts";
import { projectRoot } from "../../../runtime/build/source_files.ts";
import type { HouseFile } from "../tidy/house.ts";
import { type Group, needsSources } from "./groups.ts";
import { bootFile } from "./script_files.ts";
import { testScript } from "./test_script.ts";

/** Where groups belong. */
export interface EntryOptions {
  /** The top of the project, from which paths lead. */
  readonly root: string;
  /** Where a folder for the entries of processes is made. */
  readonly folder: string;
  /** All files of the project. */
  readonly house: readonly HouseFile[];
  /** Whether processes run a script of all tests. Else each loads its sources, with the TypeScript loader that it has. */
  readonly isBundled: boolean;
}

/** What processes run; what was written for it is removed when it is disposed. */
export interface GroupEntries extends AsyncDisposable {
  /** By the absolute path of an entry, what it runs. */
  readonly groups: ReadonlyMap<string, Group>;
  /** A folder of their own. */
  readonly folder: string;
  /** The folder of the script that they run, if so. */
  readonly script?: string;
  /** Why it is the sources that are run where a script was wanted. */
  readonly failure?: unknown;
}

const runner = fileURLToPath(new URL("./run_group.ts", import.meta.url));

/**
 * Makes what the processes of these groups run. A script of all tests loads in a fraction of the time that their sources
 * take; a file that needs sources comes with a loader of them.
 */
export async function groupEntries(groups: readonly Group[], options: EntryOptions): Promise<GroupEntries> {
  const { root, folder, house, isBundled } = options;
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, "kubetroupe-test-groups-"));
  const unbundled = new Set(house.filter(({ text }) => needsSources(text)).map(({ path }) => path));
  const paths = groups.flat().filter((path) => !unbundled.has(path));
  const script = isBundled ? await built([runner, ...paths.map((path) => join(root, path))]) : undefined;
  const entryOf = async (group: Group, index: number) => {
    const files = group.map((path) => [path, join(root, path)] as const);
    const [[first, source] = ["", ""]] = files;
    const isAlone = group.length === 1;
    const needsLoader = script?.ok === true && unbundled.has(first);
    const isScript = script?.ok === true && !needsLoader;
    if (isAlone && !isScript && !needsLoader) return source;
    const lines = isScript ? scriptLines(files, script.value) : sourceLines(files, needsLoader);
    const name = isAlone ? first.replace(/\.ts$/, "") : `group_${index + 1}_test`;
    const entry = join(own, `${name}${isScript ? ".cjs" : ".mjs"}`);
    await mkdir(dirname(entry), { recursive: true });
    await writeFile(entry, `${lines.join("\n")}\n`);
    return entry;
  };
  const entries = await Promise.all(groups.map(entryOf));
  return {
    folder: own,
    groups: new Map(groups.map((group, index) => [entries[index] ?? "", group])),
    ...(script?.ok === true ? { script: script.value } : {}),
    ...(script?.ok === false ? { failure: script.failure } : {}),
    [Symbol.asyncDispose]: () => rm(own, { recursive: true, force: true }),
  };
}

/** The paths of files, and where they are. */
type Files = readonly (readonly [path: string, source: string])[];

const tsx = import.meta.resolve("tsx");
const inCode = (text: string) => JSON.stringify(text);
const importOf = (path: string) => `import(${inCode(pathToFileURL(path).href)})`;

function scriptLines(files: Files, folder: string): string[] {
  const boot = `require(${inCode(join(folder, bootFile))})`;
  const start = `const modules = ${boot}.startScript(${inCode(folder)}, ${inCode(projectRoot)});`;
  const load = (path: string) => `modules[${inCode(path)}]`;
  const [only, ...others] = files;
  if (only && others.length === 0) return [start, `${load(only[1])}();`];
  return [start, `${load(runner)}().then(({ runGroup }) => runGroup(${listOf(files, load)}));`];
}

function sourceLines(files: Files, needsLoader: boolean): string[] {
  const late = (path: string) => `() => ${importOf(path)}`;
  return needsLoader
    ? [`await import(${inCode(tsx)});`, ...files.map(([, source]) => `await ${importOf(source)};`)]
    : [`const { runGroup } = await ${importOf(runner)};`, `runGroup(${listOf(files, late)});`];
}

function listOf(files: Files, load: (source: string) => string): string {
  return `[\n${files.map(([path, source]) => `  [${inCode(path)}, ${load(source)}],\n`).join("")}]`;
}

/** Where a module does not build, the file of tests that imports it says so best. */
async function built(modules: readonly string[]): Promise<Result<string, unknown>> {
  try {
    return ok(await testScript(modules));
  } catch (error) {
    return failed(error);
  }
}
