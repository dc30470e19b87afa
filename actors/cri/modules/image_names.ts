import { imageNameOf } from "../image_name.ts";
import type { ImageFile } from "./image_files.ts";

/** The reference grammar of the OCI distribution: registry, path, tag, digest. */
const grammar =
  /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

type Named = Pick<ImageFile, "name" | "tag">;

/** Whether a text can name an image at all. */
export function isReference(text: string): boolean {
  return grammar.test(text);
}

/** An image's name with its registry, without tag: `docker.io/library/hello`. */
export function repositoryOf(name: string): string {
  return imageNameOf(name).full.replace(/:latest$/, "");
}

/**
 * Whether a folder of images speaks for a reference: it has an image of that name, whatever the tag, or a folder of
 * the name's first part, or the text names nothing. What it does not have then is not found, and not played instead.
 */
export function ownsReference(images: readonly Named[], reference: string): boolean {
  if (!isReference(reference)) return true;
  const [repository = ""] = imageNameOf(reference)
    .full.replace(/:[^:/]*$/, "")
    .split("@", 1);
  return images.some(({ name }) => {
    const [folder, ...rest] = name.split("/");
    return repositoryOf(name) === repository || (rest.length > 0 && repository.startsWith(`docker.io/${folder}/`));
  });
}

/** Which images a full name can mean, best first: the one of its tag, or all of its name where a digest decides. */
export function namedBy<Image extends Named>(images: readonly Image[], full: string): readonly Image[] {
  const [repository = "", digest] = full.split("@", 2);
  if (digest !== undefined) return images.filter(({ name }) => repositoryOf(name) === repository);
  const found = images.find(({ name, tag }) => imageNameOf(`${name}:${tag}`).full === full);
  if (found) return [found];
  const newest = images.findLast(({ name }) => imageNameOf(name).full === full);
  return newest ? [newest] : [];
}
