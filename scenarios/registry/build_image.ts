import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundleImage } from "../../actors/cri/modules/image_bundle.ts";
import { type ModuleConfig, moduleTypes } from "../../actors/cri/modules/registry_images.ts";
import { archiveEnd, fillBytes, headerOf, type Member } from "../../actors/cri/played/unix/programs/_tar_format.ts";
import { InputError, messageOf } from "../cluster/input_error.ts";
import { digestOf } from "./content_store.ts";
import type { Descriptor, ImageLayout } from "./image_layout.ts";

/** An image that was built. */
export interface BuiltImage {
  readonly kind: "module" | "layers";
  readonly manifest: Descriptor;
}

const configFile = "image.json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar+gzip";
/** Where there are several, the first of them. */
const indexFiles = ["index.ts", "index.mts", "index.js", "index.mjs"] as const;
const moduleFile = /\.(ts|mts|js|mjs)$/;
/** A layer is made in memory. */
const layerBytesMax = 1024 ** 3;

/**
 * Builds an image of a module (a file, or a folder with an `index.ts`), or of a folder that is a file system: all that is
 * in it is one layer, but for `image.json`, which has what the OCI's image configuration has under `config` (`Entrypoint`,
 * `Cmd`, `Env`, `WorkingDir`, `User`, ...). The same content is the same image, whenever and wherever it is built.
 *
 * @throws InputError when there is nothing to build, or it does not build
 */
export async function buildImage(path: string, layout: ImageLayout): Promise<BuiltImage> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new InputError(`Cannot build an image of "${path}": there is no such file or folder`);
  if (!found.isDirectory() && !moduleFile.test(path)) {
    throw new InputError(`Cannot build an image of "${path}": it is no module, give a .ts or .js file, or a folder`);
  }
  const names = found.isDirectory() ? await readdir(path) : undefined;
  const module = names ? indexFiles.find((name) => names.includes(name)) : "";
  if (module === undefined) return { kind: "layers", manifest: await layered(path, layout) };
  return { kind: "module", manifest: await ofModule(module === "" ? path : join(path, module), layout) };
}

async function ofModule(path: string, layout: ImageLayout): Promise<Descriptor> {
  const bundle = await bundleImage(path).catch((error: unknown) => {
    throw new InputError(`Cannot build module "${path}": ${messageOf(error)}`, { cause: error });
  });
  if (!bundle.hasDefault) {
    throw new InputError(`Cannot build module "${path}": it has no handler, export default { fetch(request) { ... } }`);
  }
  const about: ModuleConfig = { builtins: bundle.builtins };
  const config = await layout.put(moduleTypes.config, json(about));
  const code = await layout.put(moduleTypes.code, Buffer.from(bundle.code));
  return manifestOf(layout, config, code);
}

async function layered(folder: string, layout: ImageLayout): Promise<Descriptor> {
  const config = await readConfig(join(folder, configFile));
  const members: Buffer[] = [];
  let bytes = 0;
  for await (const each of membersOf(folder)) {
    bytes += each.length;
    if (bytes > layerBytesMax) throw tooLarge(folder);
    members.push(each);
  }
  const tar = Buffer.concat([...members, Buffer.from(archiveEnd, "latin1")]);
  const layer = await layout.put(layerType, gzipSync(tar, { level: 6 }));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const rootfs = { type: "layers", diff_ids: [digestOf(tar)] };
  const described = await layout.put(configType, json({ architecture, os: "linux", config, rootfs }));
  return manifestOf(layout, described, layer);
}

async function readConfig(path: string): Promise<object> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw new InputError(`Cannot read "${path}": ${error.message}`, { cause: error });
  });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new InputError(`Cannot use "${path}": ${messageOf(error)}`, { cause: error });
  }
  throw new InputError(`Cannot use "${path}": it is no JSON object, give one such as {"Cmd": ["/bin/server"]}`);
}

function manifestOf(layout: ImageLayout, config: Descriptor, layer: Descriptor): Promise<Descriptor> {
  const body = { schemaVersion: 2, mediaType: moduleTypes.manifest, config, layers: [layer] };
  return layout.put(moduleTypes.manifest, json(body));
}

function tooLarge(folder: string): InputError {
  return new InputError(`Cannot build an image of "${folder}": it has more than 1 GiB`);
}

/** The members of a layer, in the order of their names; whoever owns the files here, in the image root does. */
async function* membersOf(folder: string, below = ""): AsyncGenerator<Buffer> {
  for (const name of (await readdir(join(folder, below))).sort()) {
    const path = below === "" ? name : `${below}/${name}`;
    if (path === configFile) continue;
    const full = join(folder, path);
    const found = await lstat(full);
    const mode = found.mode & 0o7777;
    if (found.isDirectory()) {
      yield member(`${path}/`, { kind: "folder", mode });
      yield* membersOf(folder, path);
    } else if (found.isSymbolicLink()) yield member(path, { kind: "link", mode, target: await readlink(full) });
    else if (found.isFile()) {
      if (found.size > layerBytesMax) throw tooLarge(folder);
      yield member(path, { kind: "file", mode, data: await readFile(full) });
    }
  }
}

interface Content {
  readonly kind: Member["kind"];
  readonly mode: number;
  readonly target?: string;
  readonly data?: Buffer;
}

function member(path: string, { kind, mode, target = "", data = Buffer.alloc(0) }: Content): Buffer {
  const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
  const sizeBytes = data.length;
  const header = headerOf({ name: bytes(path), kind, mode, sizeBytes, modifiedMs: 0, target: bytes(target) });
  return Buffer.concat([Buffer.from(header, "latin1"), data, Buffer.alloc(fillBytes(sizeBytes))]);
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
