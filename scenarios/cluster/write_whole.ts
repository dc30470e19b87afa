import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError, messageOf } from "./input_error.ts";
import { makeFolder } from "./make_folder.ts";

/** Only its owner may read or write it. */
export const secretMode = 0o600;

/**
 * Writes a file so that it is there as a whole or not at all, whatever happens meanwhile; folders are made as needed.
 *
 * @throws InputError when it cannot be written
 */
export async function writeWhole(path: string, text: string, { mode = 0o644 }: { mode?: number } = {}): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await makeFolder(dirname(path));
    await writeFile(part, text, { mode });
    // The mode given to `writeFile` is narrowed by the process's mask, and ignored for a file that is there.
    await chmod(part, mode);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw new InputError(`Cannot write "${path}": ${messageOf(error)}, choose another place`, { cause: error });
  }
}
