import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { digestOf, writeWholly } from "./content_store.ts";

/** What a manifest or an index says of something that it lists. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Images on this machine, in the OCI's image layout, which other tools read, too (`skopeo copy oci:FOLDER:NAME`). */
export interface ImageLayout {
  put(mediaType: string, bytes: Buffer): Promise<Descriptor>;
  read(digest: string): Promise<Buffer>;
  /** Gives a manifest a name, which another one may have had. */
  name(name: string, manifest: Descriptor): Promise<void>;
  list(): Promise<readonly { readonly name: string; readonly manifest: Descriptor }[]>;
}

const nameKey = "org.opencontainers.image.ref.name";
const indexType = "application/vnd.oci.image.index.v1+json";

/** Where images are kept that were built, when nothing else is said. */
export function layoutDefault(): string {
  const home = process.env.XDG_DATA_HOME ?? "";
  return join(home === "" ? join(homedir(), ".local", "share") : home, "kubetroupe", "images");
}

/**
 * The layout in a folder; it is made with the first image.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export function imageLayout(folder: string): ImageLayout {
  const pathOf = (digest: string) => join(folder, "blobs", ...digest.split(":"));
  const indexPath = join(folder, "index.json");

  async function index(): Promise<readonly Descriptor[]> {
    const text = await readFile(indexPath, "utf8").catch((error: NodeJS.ErrnoException) => {
      // What cannot be read has names in it, too: who took it for empty would write over them.
      if (error.code !== "ENOENT") throw error;
      return undefined;
    });
    return text === undefined ? [] : (JSON.parse(text) as { readonly manifests: readonly Descriptor[] }).manifests;
  }

  return {
    async put(mediaType, bytes) {
      const digest = digestOf(bytes);
      await mkdir(join(folder, "blobs", "sha256"), { recursive: true });
      if (!(await stat(pathOf(digest)).catch(() => undefined))) await writeWholly(pathOf(digest), bytes);
      return { mediaType, digest, size: bytes.length };
    },
    read: (digest) => readFile(pathOf(digest)),
    async name(name, manifest) {
      const others = (await index()).filter(({ annotations = {} }) => annotations[nameKey] !== name);
      const manifests = [...others, { ...manifest, annotations: { [nameKey]: name } }];
      await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
      const text = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
      await writeWholly(indexPath, Buffer.from(text));
    },
    list: async () =>
      (await index()).flatMap(({ annotations = {}, ...manifest }) => {
        const name = annotations[nameKey];
        return name === undefined ? [] : [{ name, manifest }];
      }),
  };
}
