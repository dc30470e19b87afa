import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { InputError } from "./input_error.ts";

/** The folder of the images that come with kubetroupe. */
export const ownImages = fileURLToPath(new URL("./images", import.meta.url));

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "it is a file, name its folder",
  EACCES: "reading it is not permitted",
};

/**
 * Makes sure that a folder of images can be read.
 *
 * @throws InputError when it cannot
 */
export async function assertImageFolder(folder: string, attempt = "use"): Promise<void> {
  await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    const why = reasons[cause.code ?? ""] ?? cause.message;
    throw new InputError(`Cannot ${attempt} images of "${folder}": ${why}`, { cause });
  });
}
