import { resolve } from "node:path";
import { imageNameOf } from "../../actors/cri/image_name.ts";
import { isReference } from "../../actors/cri/modules/image_names.ts";
import { InputError } from "../cluster/input_error.ts";
import { buildImage } from "../registry/build_image.ts";
import { imageLayout, layoutDefault } from "../registry/image_layout.ts";
import { placedName, registryClient } from "../registry/registry_client.ts";
import { exitCodes, type Streams } from "./verb.ts";

/** What `troupe image` is told beside what it acts on. */
export interface ImageOptions {
  readonly json?: true;
  readonly tag?: string;
  readonly layout?: string;
  readonly user?: string;
}

/** One action of `troupe image`. */
export interface ImageAction {
  readonly target: string | undefined;
  readonly options: ImageOptions;
  readonly streams: Streams;
}

const digestShown = 12;

/** Builds an image of a module or a folder, and keeps it on this machine. */
export async function build({ target, options, streams }: ImageAction): Promise<number> {
  const { tag } = options;
  if (target === undefined || tag === undefined) {
    throw new InputError(
      "Cannot build an image: say of what and its name, as in troupe image build ./hello -t hello:1",
    );
  }
  if (!isReference(tag) || tag.includes("@")) {
    throw new InputError(
      `Cannot build image ${JSON.stringify(tag)}: that is no name of an image, give NAME or NAME:TAG`,
    );
  }
  const layout = imageLayout(folderOf(options));
  const { kind, manifest } = await buildImage(resolve(target), layout);
  const name = tagged(tag);
  await layout.name(name, manifest);
  const what = kind === "module" ? "a module" : "a file system of one layer";
  streams.stdout.write(`Built ${name}, ${what}: ${manifest.digest}\n`);
  return exitCodes.good;
}

/** Pushes an image that was built to the registry that its name begins with. */
export async function push({ target, options, streams }: ImageAction): Promise<number> {
  if (target === undefined) throw new InputError("Cannot push an image: say which, as in 127.0.0.1:5000/hello:1");
  const name = tagged(target);
  const placed = placedName(name);
  const layout = imageLayout(folderOf(options));
  const found = await find(layout, name);
  if (!found) {
    throw new InputError(
      `Cannot push image ${JSON.stringify(name)}: none of that name was built, use troupe image build PATH -t ${name}`,
    );
  }
  const client = registryClient({ registry: placed.registry, user: options.user });
  const onPart = ({
    digest,
    size,
    state,
  }: {
    readonly digest: string;
    readonly size: number;
    readonly state: string;
  }) => streams.stderr.write(`  ${shortOf(digest)}  ${size} bytes  ${state}\n`);
  await client.push(placed, found, { layout, onPart });
  streams.stdout.write(`Pushed ${name}: ${found.digest}\n`);
  return exitCodes.good;
}

/** Lists what a registry has. */
export async function listRegistry({ target = "", options, streams }: ImageAction): Promise<number> {
  const images = await registryClient({ registry: target, user: options.user }).list();
  if (options.json) streams.stdout.write(`${JSON.stringify({ images })}\n`);
  else if (images.length === 0) streams.stdout.write("No images found\n");
  else {
    for (const { name, tag, digest } of images) {
      streams.stdout.write(`${target}/${name}:${tag}   ${shortOf(digest)}\n`);
    }
  }
  return exitCodes.good;
}

/** Which images were built on this machine. */
export async function builtImages(options: ImageOptions) {
  return imageLayout(folderOf(options)).list();
}

/** The image of that name; one that was built without a registry can be pushed to any. */
async function find(layout: ReturnType<typeof imageLayout>, name: string) {
  const all = await layout.list();
  const bare = name.slice(name.indexOf("/") + 1);
  return (all.find((each) => each.name === name) ?? all.find((each) => each.name === bare))?.manifest;
}

function folderOf({ layout }: ImageOptions): string {
  return layout === undefined ? layoutDefault() : resolve(layout);
}

function tagged(name: string): string {
  const { full } = imageNameOf(name);
  return name.endsWith(full.slice(full.lastIndexOf(":"))) ? name : `${name}:latest`;
}

function shortOf(digest: string): string {
  return digest.slice("sha256:".length).slice(0, digestShown);
}
