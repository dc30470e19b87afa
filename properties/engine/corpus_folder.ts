import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createHash } from "../../runtime/core/journal.ts";
import type { Find } from "./corpus.ts";
import { replayVersion } from "./replay_file.ts";

const format = "kubetroupe-find";
const ending = ".find.json";

/**
 * What earlier campaigns left in a folder, in order of name: equal folders make equal campaigns. There need be none.
 *
 * @throws Error that names a file that is not such a find, or one of another version
 */
export async function readCorpus(folder: string): Promise<readonly Find[]> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  return Promise.all(names.map((name) => readFind(join(folder, name))));
}

/** Keeps a find; one that is there already is the same file. */
export async function keepFind(folder: string, find: Find): Promise<void> {
  const hash = createHash();
  hash.text(JSON.stringify(find.run));
  const text = JSON.stringify({ format, version: replayVersion, ...find });
  await writeFile(join(folder, `${find.suite ?? "cluster"}-${hash.hex()}${ending}`), `${text}\n`);
}

async function readFind(path: string): Promise<Find> {
  const { format: is, version, ...find } = parse(await readFile(path, "utf8"), path);
  if (is !== format) throw new Error(`Cannot use ${path}: it is not a run that a campaign kept, take it away`);
  if (version !== replayVersion) {
    throw new Error(
      `Cannot use ${path}: it was kept by version ${version} of the run format, this is version ${replayVersion}, give another folder with --corpus`,
    );
  }
  return find as Find;
}

function parse(text: string, path: string): { readonly format?: unknown; readonly version?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch (error) {
    throw new Error(`Cannot use ${path}: it is not JSON (${(error as Error).message}), take it away`);
  }
}
