import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

/** A module's file in a folder of images, and the image that it is. */
export interface ImageFile {
  /** `hello`, `shop/cart`. */
  readonly name: string;
  readonly tag: string;
  readonly path: string;
}

const tagDefault = "1";
const isVersion = /^(v?\d[\w.-]*|latest)$/;
const isModule = /^[^_.].*(?<!_test|\.d)\.(ts|mts|js|mjs)$/;
const skipped = new Set(["node_modules", "testing"]);

/**
 * Lists a folder of modules as images, by name, then tag. `hello.ts` is `hello:1`, `hello/2.ts` is `hello:2`,
 * `shop/cart.ts` is `shop/cart:1`; `_` in a name becomes `-`. Tests, and files and folders whose name begins with `_`
 * or `.`, are none.
 *
 * @throws the error of the file system when the folder cannot be read
 */
export async function imageFiles(folder: string): Promise<ImageFile[]> {
  // Images are built with paths that are relative to us, not to where the process was started.
  const files = await filesBelow(resolve(folder), []);
  // Two files may be one image: which of them counts is not for the order of a folder to say.
  return files.sort((a, b) => order(a.name, b.name) || order(a.tag, b.tag) || order(a.path, b.path));
}

async function filesBelow(folder: string, parts: readonly string[]): Promise<ImageFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry): Promise<ImageFile[]> => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isOut = /^[_.]/.test(entry.name) || skipped.has(entry.name);
      return isOut ? [] : filesBelow(path, [...parts, entry.name]);
    }
    if (!isModule.test(entry.name)) return [];
    return [imageFile(path, [...parts, entry.name.replace(/\.\w+$/, "")])];
  });
  return (await Promise.all(found)).flat();
}

function imageFile(path: string, parts: readonly string[]): ImageFile {
  const last = parts.at(-1) ?? "";
  const isTagged = parts.length > 1 && isVersion.test(last);
  const name = (isTagged ? parts.slice(0, -1) : parts).join("/").replaceAll("_", "-").toLowerCase();
  return { name, tag: isTagged ? last : tagDefault, path };
}

function order(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.replace(/\d+/g, (digits) => digits.padStart(12, "0"))) as [
    string,
    string,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}
