import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Group } from "./groups.ts";

/** Where groups belong. */
export interface EntryOptions {
  /** The top of the project, from which paths lead. */
  readonly root: string;
  /** Where a folder for the entries of shared processes is made. */
  readonly folder: string;
}

/** What processes run; the entries that were written for it are removed when it is disposed. */
export interface GroupEntries extends AsyncDisposable {
  /** For each group an absolute path: of its file, or of an entry that runs all of its files. */
  readonly files: readonly string[];
}

const runner = JSON.stringify(new URL("./run_group.ts", import.meta.url).href);

/** Makes what the processes of these groups run. */
export async function groupEntries(groups: readonly Group[], { root, folder }: EntryOptions): Promise<GroupEntries> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, "kubetroupe-test-groups-"));
  const fileOf = async (group: Group, index: number) => {
    const [first] = group;
    if (group.length === 1 && first !== undefined) return join(root, first);
    const entry = join(own, `group_${index + 1}_test.mjs`);
    const call = `runGroup(${JSON.stringify(root)}, ${JSON.stringify(group, null, 2)});`;
    await writeFile(entry, `import { runGroup } from ${runner};\n${call}\n`);
    return entry;
  };
  return {
    files: await Promise.all(groups.map(fileOf)),
    [Symbol.asyncDispose]: () => rm(own, { recursive: true, force: true }),
  };
}
