import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, type ReadStream } from "node:fs";
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What a registry keeps: blobs by digest, and in each repository which of them it has, its manifests and its tags. */
export interface ContentStore {
  /** The size of a blob of a repository; undefined when it has none of that digest. */
  blobSize(repository: string, digest: string): Promise<number | undefined>;
  readBlob(digest: string): ReadStream;
  removeBlob(repository: string, digest: string): Promise<boolean>;
  /** Lets a repository have a blob of another one; false when that has none. */
  mountBlob(repository: string, digest: string, from: string): Promise<boolean>;
  /** Takes what is written to a blob whose digest is told at the end. */
  beginUpload(repository: string): Upload | undefined;
  upload(id: string): Upload | undefined;
  manifest(repository: string, reference: string): Promise<StoredManifest | undefined>;
  putManifest(repository: string, reference: string, given: Omit<StoredManifest, "digest">): Promise<string>;
  /** By digest it goes with all its tags, by tag only that goes. */
  removeManifest(repository: string, reference: string): Promise<boolean>;
  /** Undefined when there is no such repository. */
  tags(repository: string): Promise<readonly string[] | undefined>;
  manifests(repository: string): Promise<readonly StoredManifest[]>;
  repositories(): Promise<readonly string[]>;
}

/** A manifest as it was pushed. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A blob that is being pushed. */
export interface Upload {
  readonly id: string;
  readonly repository: string;
  /** How much of it is there. */
  sizeBytes(): number;
  /** Adds to it, unless somebody else does; what is too large is cut off, and the upload is gone. */
  append(bytes: Readable): Promise<"taken" | "too large" | "busy">;
  /** Ends it; false when its digest is another, and it is gone then. */
  finish(digest: string): Promise<boolean>;
  abandon(): Promise<void>;
}

/** How much a registry takes. */
export interface ContentLimits {
  /** Of one blob. Default 2 GiB. */
  readonly blobBytesMax?: number;
  /** Of all blobs together. Default 32 GiB. */
  readonly bytesMax?: number;
  /** Blobs under way at once; those that nobody writes to any more are dropped first. Default 64. */
  readonly uploadsMax?: number;
  /** After how long without anybody who writes to it a blob under way may be dropped. Default ten minutes. */
  readonly uploadIdleMs?: number;
}

const blobBytesMaxDefault = 2 * 1024 ** 3;
const bytesMaxDefault = 32 * 1024 ** 3;
const uploadsMaxDefault = 64;
const uploadIdleMsDefault = 600_000;

interface OwnUpload extends Upload {
  touchedAtMs: number;
  /** Somebody is writing to it. */
  isBusy: boolean;
}

/** The digest of bytes, as OCI writes it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Whether a text is a digest that is kept here. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** The content of a registry below a folder; what is there goes on to be. */
export function contentStore(folder: string, limits: ContentLimits = {}): ContentStore {
  const { blobBytesMax = blobBytesMaxDefault, bytesMax = bytesMaxDefault } = limits;
  const { uploadsMax = uploadsMaxDefault, uploadIdleMs = uploadIdleMsDefault } = limits;
  /** What all blobs have together, counted when it is first asked. */
  let usedBytes = 0;
  let counting: Promise<void> | undefined;
  const uploads = new Map<string, OwnUpload>();
  const hex = (digest: string) => digest.slice("sha256:".length);
  const blobPath = (digest: string) => join(folder, "blobs", hex(digest));
  const home = (repository: string) => join(folder, "repositories", encodeURIComponent(repository));
  const ownBlob = (repository: string, digest: string) => join(home(repository), "blobs", hex(digest));
  const manifestPath = (repository: string, digest: string) => join(home(repository), "manifests", hex(digest));
  const tagPath = (repository: string, tag: string) => join(home(repository), "tags", tag);

  async function sizeAt(path: string): Promise<number | undefined> {
    return (await stat(path).catch(() => undefined))?.size;
  }

  async function used(): Promise<number> {
    counting ??= (async () => {
      await dropLeftOver();
      const names = await readdir(join(folder, "blobs")).catch(() => []);
      const sizes = await Promise.all(names.map((name) => sizeAt(join(folder, "blobs", name))));
      usedBytes = sizes.reduce<number>((sum, size = 0) => sum + size, 0);
    })();
    await counting;
    return usedBytes;
  }

  /** Uploads whose registry was killed: nobody can go on with them. */
  async function dropLeftOver(): Promise<void> {
    const names = await readdir(join(folder, "uploads")).catch(() => []);
    const dead = names.filter((name) => !uploads.has(name));
    await Promise.all(dead.map((name) => rm(join(folder, "uploads", name), { force: true })));
  }

  async function keep(repository: string, digest: string): Promise<void> {
    await mkdir(join(home(repository), "blobs"), { recursive: true });
    await linked(blobPath(digest), ownBlob(repository, digest));
  }

  async function read(repository: string, digest: string): Promise<StoredManifest | undefined> {
    const bytes = await readFile(manifestPath(repository, digest)).catch(() => undefined);
    if (!bytes) return undefined;
    // Its media type stands before it, on a line of its own.
    const end = bytes.indexOf(10);
    return { digest, mediaType: bytes.toString("utf8", 0, end), bytes: bytes.subarray(end + 1) };
  }

  async function tagged(repository: string, tag: string): Promise<string | undefined> {
    return readFile(tagPath(repository, tag), "utf8").catch(() => undefined);
  }

  async function tagsOf(repository: string): Promise<readonly string[]> {
    const names = await readdir(join(home(repository), "tags")).catch(() => []);
    return names.filter((name) => !name.startsWith(partPrefix)).sort();
  }

  function dropIdle(): void {
    const nowMs = Date.now();
    for (const each of uploads.values())
      if (!each.isBusy && nowMs - each.touchedAtMs > uploadIdleMs) void each.abandon();
  }

  function newUpload(repository: string): OwnUpload {
    const id = randomUUID();
    const path = join(folder, "uploads", id);
    const hash = createHash("sha256");
    let size = 0;
    const upload: OwnUpload = {
      id,
      repository,
      touchedAtMs: Date.now(),
      isBusy: false,
      sizeBytes: () => size,
      async append(bytes: Readable): Promise<"taken" | "too large" | "busy"> {
        if (upload.isBusy) return "busy";
        upload.isBusy = true;
        upload.touchedAtMs = Date.now();
        let isTooLarge = false;
        const room = Math.min(blobBytesMax, bytesMax - (await used()));
        const count = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            size += chunk.length;
            isTooLarge ||= size > room;
            if (isTooLarge) return done(new Error("too large"));
            hash.update(chunk);
            done(null, chunk);
          },
        });
        await mkdir(join(folder, "uploads"), { recursive: true });
        try {
          await pipeline(bytes, count, createWriteStream(path, { flags: "a" }));
        } catch (error) {
          await upload.abandon();
          if (!isTooLarge) throw error;
        } finally {
          upload.isBusy = false;
        }
        upload.touchedAtMs = Date.now();
        return isTooLarge ? "too large" : "taken";
      },
      async finish(digest: string) {
        // Who came first has ended it, or it was dropped.
        if (!uploads.delete(id)) return false;
        if (digest !== `sha256:${hash.digest("hex")}`) {
          await rm(path, { force: true });
          return false;
        }
        await mkdir(join(folder, "blobs"), { recursive: true });
        if (size === 0) await writeFile(path, "");
        await used();
        // What is there already stays: the links of other repositories are to it.
        if (await linked(path, blobPath(digest))) usedBytes += size;
        await rm(path, { force: true });
        await keep(repository, digest);
        return true;
      },
      async abandon() {
        uploads.delete(id);
        await rm(path, { force: true });
      },
    };
    return upload;
  }

  return {
    blobSize: (repository, digest) => sizeAt(ownBlob(repository, digest)),
    readBlob: (digest) => createReadStream(blobPath(digest)),
    async removeBlob(repository, digest) {
      if ((await sizeAt(ownBlob(repository, digest))) === undefined) return false;
      await used();
      await rm(ownBlob(repository, digest), { force: true });
      // Who else has it has a link to it.
      const left = await stat(blobPath(digest)).catch(() => undefined);
      if (left?.nlink !== 1) return true;
      await rm(blobPath(digest), { force: true });
      usedBytes -= left.size;
      return true;
    },
    async mountBlob(repository, digest, from) {
      if ((await sizeAt(ownBlob(from, digest))) === undefined) return false;
      await keep(repository, digest);
      return true;
    },
    beginUpload(repository) {
      dropIdle();
      if (uploads.size >= uploadsMax) return undefined;
      const upload = newUpload(repository);
      uploads.set(upload.id, upload);
      return upload;
    },
    upload: (id) => uploads.get(id),
    async manifest(repository, reference) {
      const digest = isDigest(reference) ? reference : await tagged(repository, reference);
      return digest === undefined ? undefined : read(repository, digest);
    },
    async putManifest(repository, reference, { mediaType, bytes }) {
      const digest = digestOf(bytes);
      await mkdir(join(home(repository), "manifests"), { recursive: true });
      const path = manifestPath(repository, digest);
      await writeWholly(path, Buffer.concat([Buffer.from(`${mediaType}\n`), bytes]));
      if (!isDigest(reference)) {
        await mkdir(join(home(repository), "tags"), { recursive: true });
        await writeWholly(tagPath(repository, reference), Buffer.from(digest));
      }
      return digest;
    },
    async removeManifest(repository, reference) {
      if (!isDigest(reference)) {
        const isThere = (await tagged(repository, reference)) !== undefined;
        await rm(tagPath(repository, reference), { force: true });
        return isThere;
      }
      const isThere = (await sizeAt(manifestPath(repository, reference))) !== undefined;
      for (const tag of await tagsOf(repository)) {
        if ((await tagged(repository, tag)) === reference) await rm(tagPath(repository, tag), { force: true });
      }
      await rm(manifestPath(repository, reference), { force: true });
      return isThere;
    },
    async tags(repository) {
      return (await sizeAt(home(repository))) === undefined ? undefined : tagsOf(repository);
    },
    async manifests(repository) {
      const names = await readdir(join(home(repository), "manifests")).catch(() => []);
      const found = await Promise.all(names.filter(isHex).map((name) => read(repository, `sha256:${name}`)));
      return found.filter((each) => each !== undefined);
    },
    async repositories() {
      const names = await readdir(join(folder, "repositories")).catch(() => []);
      return names.map(decodeURIComponent).sort();
    },
  };
}

const isHex = (name: string) => /^[0-9a-f]{64}$/.test(name);

/** Gives a file another name; false when there is one of that name. */
async function linked(path: string, name: string): Promise<boolean> {
  try {
    await link(path, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** No tag begins so: what is not written to its end is none. */
const partPrefix = ".";

/** Writes a file: who reads meanwhile, or writes it too, sees the old one or a new one. */
export async function writeWholly(path: string, bytes: Buffer): Promise<void> {
  const part = join(dirname(path), `${partPrefix}${randomUUID()}`);
  await writeFile(part, bytes);
  await rename(part, path);
}
