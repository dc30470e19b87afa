import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { InputError, messageOf } from "./input_error.ts";

/** The folder of the images that come with kubetroupe. */
export const ownImages = fileURLToPath(new URL("../images", import.meta.url));

/** One folder of images or several: the first that has an image gives it. */
export type ImageFolders = string | readonly [string, ...string[]];

/** Several folders of images, as they are asked; nothing said means those that come with kubetroupe. */
export function imageFolders(given: ImageFolders = ownImages): readonly [string, ...string[]] {
  return typeof given === "string" ? [given] : given;
}

/**
 * The path of a folder that is given as a path or as a URL of a file.
 *
 * @throws InputError when the URL is of something else
 */
export function imageFolderPath(folder: string | URL): string {
  if (typeof folder === "string" && !folder.startsWith("file:")) return folder;
  try {
    return fileURLToPath(folder);
  } catch (cause) {
    throw new InputError(`Cannot use images of "${folder}": ${messageOf(cause)}`, { cause });
  }
}

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
