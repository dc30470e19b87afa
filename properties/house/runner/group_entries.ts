import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { failed, ok, type Result } from "../../../actors/kit/result.ts";
import { bundlePrograms, type ProgramBundles } from "../../../runtime/build/program_bundle.ts";
import type { HouseFile } from "../tidy/house.ts";
import { type Group, needsSources } from "./groups.ts";

/** Where groups belong. */
export interface EntryOptions {
  /** The top of the project, from which paths lead. */
  readonly root: string;
  /** Where a folder for the entries of processes is made. */
  readonly folder: string;
  /** All files of the project. */
  readonly house: readonly HouseFile[];
  /** Whether processes run bundles. Else each loads its sources, with the TypeScript loader that it has. */
  readonly isBundled: boolean;
}

/** What processes run; what was written for it is removed when it is disposed. */
export interface GroupEntries extends AsyncDisposable {
  /** By the absolute path of an entry, what it runs. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Why it is the sources that are run where bundles were wanted. */
  readonly failure?: unknown;
}

const runner = fileURLToPath(new URL("./run_group.ts", import.meta.url));

/**
 * Makes what the processes of these groups run. A bundle of all tests shares their modules, and loads in a fraction of
 * the time; a file that needs sources comes with a loader of them.
 */
export async function groupEntries(groups: readonly Group[], options: EntryOptions): Promise<GroupEntries> {
  const { root, folder, house, isBundled } = options;
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, "kubetroupe-test-groups-"));
  const unbundled = new Set(house.filter(({ text }) => needsSources(text)).map(({ path }) => path));
  const paths = groups.flat().filter((path) => !unbundled.has(path));
  const bundles = isBundled ? await bundled([runner, ...paths.map((path) => join(root, path))]) : undefined;
  const fileOf = bundles?.ok ? bundles.value.fileOf : asItIs;
  const entryOf = async (group: Group, index: number) => {
    const [first = ""] = group;
    const needsLoader = bundles?.ok && unbundled.has(first);
    if (group.length === 1 && !needsLoader) return fileOf(join(root, first));
    const files = group.map((path) => [path, urlOf(fileOf(join(root, path)))]);
    const lines = needsLoader
      ? [tsx, urlOf(join(root, first))].map((url) => `await import(${JSON.stringify(url)});`)
      : [
          `import { runGroup } from ${JSON.stringify(urlOf(fileOf(runner)))};`,
          `runGroup(${JSON.stringify(files, null, 2)});`,
        ];
    const entry = join(own, `group_${index + 1}_test.mjs`);
    await writeFile(entry, `${lines.join("\n")}\n`);
    return entry;
  };
  const entries = await Promise.all(groups.map(entryOf));
  return {
    groups: new Map(groups.map((group, index) => [entries[index] ?? "", group])),
    ...(bundles?.ok === false ? { failure: bundles.failure } : {}),
    [Symbol.asyncDispose]: () => rm(own, { recursive: true, force: true }),
  };
}

const tsx = import.meta.resolve("tsx");
const urlOf = (path: string) => pathToFileURL(path).href;
const asItIs = (path: string) => path;

/** Where a module does not build, the file of tests that imports it says so best. */
async function bundled(entries: readonly string[]): Promise<Result<ProgramBundles, unknown>> {
  try {
    return ok(await bundlePrograms(entries));
  } catch (error) {
    return failed(error);
  }
}
