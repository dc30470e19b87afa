import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it. Not Node's own recursive `mkdir`, which tries for ever where a file system takes
 * no folders at all, such as `/proc`.
 *
 * @throws what the file system says
 */
export async function makeFolder(folder: string): Promise<void> {
  const code = await made(folder, ["EEXIST", "ENOENT"]);
  if (code !== "ENOENT") return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  // Somebody else may have made it meanwhile.
  await made(folder, ["EEXIST"]);
}

async function made(folder: string, expected: readonly string[]): Promise<string> {
  try {
    await mkdir(folder);
    return "";
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!expected.includes(code)) throw error;
    return code;
  }
}
