import { imageNameOf } from "../image_name.ts";
import { bundleImage, type ImageBundle } from "./image_bundle.ts";
import { type ImageErrorCode, imageErrorText } from "./image_errors.ts";
import { type ImageFile, imageFiles } from "./image_files.ts";
import { isReference, namedBy, ownsReference, repositoryOf } from "./image_names.ts";

/** An image of a catalogue: one that can be run, or one that tells why it cannot. */
export interface CatalogueImage extends ImageFile {
  readonly bundle?: ImageBundle;
  readonly error?: { readonly code: ImageErrorCode; readonly detail: string };
}

/** What a pull finds. */
export type FoundImage =
  | {
      readonly ok: true;
      /** Name, tag and registry: `docker.io/library/hello:1`. */
      readonly full: string;
      /** `docker.io/library/hello@sha256:...`, which is what a container's status shows as its image ID. */
      readonly ref: string;
      readonly bundle: ImageBundle;
    }
  | { readonly ok: false; readonly code: ImageErrorCode; readonly message: string };

/** The images of a folder. */
export interface ModuleCatalogue {
  /** By name, then tag. */
  readonly images: readonly CatalogueImage[];
  /** Whether these are the images to look in; see `ownsReference`. */
  owns(reference: string): boolean;
  /**
   * Finds an image as a pod names it, with or without registry, tag or digest. Without a tag, or as `latest`, it is the
   * one of that tag, or the highest.
   */
  find(reference: string): FoundImage;
}

/**
 * Reads a folder of modules as images and builds all of them; `imageFiles` says what is one.
 *
 * @throws the error of the file system when the folder cannot be read
 */
export async function readImages(folder: string): Promise<ModuleCatalogue> {
  const images = await Promise.all((await imageFiles(folder)).map(loadImage));
  return {
    images,
    owns: (reference) => ownsReference(images, reference),
    find: (reference) => findIn(images, reference),
  };
}

/**
 * Finds an image in a folder as it is now, and builds no more than it takes; `undefined` when the folder does not speak
 * for such images.
 *
 * @throws the error of the file system when the folder cannot be read
 */
export async function findImage(folder: string, reference: string): Promise<FoundImage | undefined> {
  const files = await imageFiles(folder);
  if (!ownsReference(files, reference)) return undefined;
  const named = isReference(reference) ? namedBy(files, imageNameOf(reference).full) : [];
  return findIn(await Promise.all(named.map(loadImage)), reference);
}

function findIn(images: readonly CatalogueImage[], reference: string): FoundImage {
  const refused = (code: ImageErrorCode, image: string, detail?: string): FoundImage => ({
    ok: false,
    code,
    message: imageErrorText(code, image, detail),
  });
  if (!isReference(reference)) return refused("invalidName", reference);
  const { full } = imageNameOf(reference);
  const [, digest] = full.split("@", 2);
  const image = namedBy(images, full).find(({ bundle }) => digest === undefined || bundle?.digest === digest);
  if (!image) return refused("notFound", full);
  const { bundle, error, name } = image;
  if (!bundle) return refused(error?.code ?? "broken", full, error?.detail);
  return { ok: true, full, ref: `${repositoryOf(name)}@${bundle.digest}`, bundle };
}

async function loadImage(image: ImageFile): Promise<CatalogueImage> {
  try {
    const bundle = await bundleImage(image.path);
    if (bundle.hasDefault) return { ...image, bundle };
    return { ...image, error: { code: "noHandler", detail: "export default { fetch(request, env) { ... } }" } };
  } catch (error) {
    return { ...image, error: { code: "broken", detail: buildError(error) } };
  }
}

/** The first of what esbuild complains of, with its place. */
function buildError(error: unknown): string {
  type BuildError = {
    readonly text: string;
    readonly location: { readonly file: string; readonly line: number } | null;
  };
  const [first] = (error as { readonly errors?: readonly BuildError[] }).errors ?? [];
  if (!first) return (error as Error).message;
  return first.location ? `${first.text} (${first.location.file}:${first.location.line})` : first.text;
}
