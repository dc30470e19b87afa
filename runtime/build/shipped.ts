import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";
import { absolutePath, hashOf, haveHash, portablePath, projectRoot, shortHash } from "./source_files.ts";

/** Something made of sources. */
export interface Made<Value> {
  /** Absolute paths of all files that it was made of. */
  readonly sources: readonly string[];
  readonly value: Value;
}

/** What the package brings, and the hash of the sources that it was made of, which are here. */
export interface Shipped<Value> extends Made<Value> {
  readonly sourcesHash: string;
}

/** Where each thing is among the texts of all. */
interface Index {
  readonly paths: readonly string[];
  readonly entries: Readonly<Record<string, Entry>>;
}

interface Entry {
  /** Which of the paths. */
  readonly sources: readonly number[];
  readonly sourcesHash: string;
  readonly start: number;
  readonly end: number;
}

/** A folder of what was made beforehand. */
export interface Shelf {
  /**
   * What was made of the very sources that are here: our own and those of the packages beside us. Undefined where one
   * of them is another, or where there is no such folder: then it has to be made.
   */
  find<Value>(name: string): Promise<Shipped<Value> | undefined>;
  /** Puts there what was made, by name; the folder may then be anywhere. */
  ship(all: ReadonlyMap<string, Made<unknown>>): Promise<void>;
}

const rootUrl = pathToFileURL(projectRoot).href;
/** Bundles are much alike: in a window that holds them all, what they share is there once. */
const windowBits = constants.BROTLI_MAX_WINDOW_BITS;
const quality = 9;

/** Only the published package has one. */
export const shipped: Shelf = shelfIn(join(projectRoot, "shipped"));

/** The shelf in a folder. */
export function shelfIn(folder: string): Shelf {
  const [indexFile, textsFile] = [join(folder, "index.json"), join(folder, "texts.br")];
  let indexFound: Promise<Index> | undefined;
  /** Fourteen megabytes that a first start reads from several times, and then nobody. */
  let texts: WeakRef<Promise<Buffer>> | undefined;

  function readTexts(): Promise<Buffer> {
    const kept = texts?.deref();
    if (kept) return kept;
    const read = readFile(textsFile).then((packed) => promisify(brotliDecompress)(packed));
    texts = new WeakRef(read);
    return read;
  }

  return {
    async find<Value>(name: string) {
      indexFound ??= readIndex(indexFile);
      const { paths, entries } = await indexFound;
      const entry = entries[keyOf(name)];
      if (!entry) return undefined;
      const { sourcesHash, start, end } = entry;
      const sources = entry.sources.map((index) => absolutePath(paths[index] ?? ""));
      if (!(await haveHash(sources, sourcesHash))) return undefined;
      const text = (await readTexts()).toString("latin1", start, end);
      return { value: JSON.parse(text) as Value, sources, sourcesHash };
    },
    async ship(all) {
      const { index, text } = await shelved(all);
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: quality,
        [constants.BROTLI_PARAM_LGWIN]: windowBits,
        [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
      };
      await mkdir(folder, { recursive: true });
      await writeFile(textsFile, await promisify(brotliCompress)(Buffer.from(text, "latin1"), { params }));
      await writeFile(indexFile, JSON.stringify(index));
    },
  };
}

async function shelved(all: ReadonlyMap<string, Made<unknown>>) {
  const paths = [...new Set([...all.values()].flatMap(({ sources }) => sources))];
  const numbers = new Map(paths.map((path, index) => [path, index]));
  const entries: Record<string, Entry> = {};
  let text = "";
  for (const [name, { sources, value }] of all) {
    const start = text.length;
    text += asciiJson(value);
    const own = sources.map((path) => numbers.get(path) ?? -1);
    entries[keyOf(name)] = { sources: own, sourcesHash: await hashOf(sources), start, end: text.length };
  }
  const index: Index = { paths: paths.map(portablePath), entries };
  return { index, text };
}

async function readIndex(indexFile: string): Promise<Index> {
  const text = await readFile(indexFile, "utf8").catch(() => undefined);
  return text === undefined ? { paths: [], entries: {} } : (JSON.parse(text) as Index);
}

/** Names have the URLs of modules, which differ with where we are installed. */
function keyOf(name: string): string {
  return shortHash([name.replaceAll(rootUrl, "")]);
}

/** A text of one byte a character is read in a fraction of the time. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
