import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { imageNameOf } from "../image_name.ts";
import { bundleImage, type ImageBundle } from "./image_bundle.ts";
import { type ImageErrorCode, imageErrorText } from "./image_errors.ts";

/** An image of a catalogue: one that can be run, or one that tells why it cannot. */
export interface CatalogueImage {
  /** `hello`, `shop/cart`. */
  readonly name: string;
  readonly tag: string;
  /** The module's file. */
  readonly path: string;
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
  /**
   * Finds an image as a pod names it, with or without registry, tag or digest. Without a tag, or as `latest`, it is the
   * one of that tag, or the highest.
   */
  find(reference: string): FoundImage;
}

const tagDefault = "1";
const isVersion = /^(v?\d[\w.-]*|latest)$/;
const isModule = /^[^_.].*(?<!_test|\.d)\.(ts|mts|js|mjs)$/;
const skipped = new Set(["node_modules", "testing"]);
/** The reference grammar of the OCI distribution: registry, path, tag, digest. */
const reference =
  /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Reads a folder of modules as images. `hello.ts` is `hello:1`, `hello/2.ts` is `hello:2`, `shop/cart.ts` is
 * `shop/cart:1`; `_` in a name becomes `-`. Tests, and files and folders whose name begins with `_` or `.`, are none.
 *
 * @throws the error of the file system when the folder cannot be read
 */
export async function readImages(folder: string): Promise<ModuleCatalogue> {
  const files = await modulesBelow(folder, []);
  const images = await Promise.all(files.map(loadImage));
  images.sort((a, b) => order(a.name, b.name) || order(a.tag, b.tag));
  return catalogueOf(images);
}

function catalogueOf(images: readonly CatalogueImage[]): ModuleCatalogue {
  const byName = new Map(images.map((image) => [imageNameOf(`${image.name}:${image.tag}`).full, image]));
  const refused = (code: ImageErrorCode, image: string, detail?: string): FoundImage => ({
    ok: false,
    code,
    message: imageErrorText(code, image, detail),
  });

  function lookUp(full: string): CatalogueImage | undefined {
    const [repository = "", digest] = full.split("@", 2);
    if (digest !== undefined) {
      return images.find(
        (image) => imageNameOf(image.name).full === `${repository}:latest` && image.bundle?.digest === digest,
      );
    }
    const found = byName.get(full);
    if (found || !full.endsWith(":latest")) return found;
    return images.findLast((image) => imageNameOf(image.name).full === full);
  }

  return {
    images,
    find(asked) {
      if (!reference.test(asked)) return refused("invalidName", asked);
      const { full } = imageNameOf(asked);
      const image = lookUp(full);
      if (!image) return refused("notFound", full);
      if (!image.bundle) return refused(image.error?.code ?? "broken", full, image.error?.detail);
      const repository = imageNameOf(image.name).full.replace(/:latest$/, "");
      return { ok: true, full, ref: `${repository}@${image.bundle.digest}`, bundle: image.bundle };
    },
  };
}

interface ModuleFile {
  readonly path: string;
  /** Its folders and its own name without extension. */
  readonly parts: readonly string[];
}

async function modulesBelow(folder: string, parts: readonly string[]): Promise<ModuleFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry): Promise<ModuleFile[]> => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isOut = /^[_.]/.test(entry.name) || skipped.has(entry.name);
      return isOut ? [] : modulesBelow(path, [...parts, entry.name]);
    }
    if (!isModule.test(entry.name)) return [];
    return [{ path, parts: [...parts, entry.name.replace(/\.\w+$/, "")] }];
  });
  return (await Promise.all(found)).flat();
}

async function loadImage({ path, parts }: ModuleFile): Promise<CatalogueImage> {
  const last = parts.at(-1) ?? "";
  const isTagged = parts.length > 1 && isVersion.test(last);
  const name = (isTagged ? parts.slice(0, -1) : parts).join("/").replaceAll("_", "-").toLowerCase();
  const image = { name, tag: isTagged ? last : tagDefault, path };
  try {
    const bundle = await bundleImage(path);
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

function order(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.replace(/\d+/g, (digits) => digits.padStart(12, "0"))) as [
    string,
    string,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}
