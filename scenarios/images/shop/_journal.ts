import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";

/** A change of documents: those without a value are removed. */
export interface Entry {
  readonly revision: number;
  readonly documents: readonly { readonly key: string; readonly version: number; readonly value?: unknown }[];
}

/** Keeps changes in a folder, a file for each, so that each is there as a whole or not at all. */
export interface Journal {
  /** All that was written before, in order. */
  read(): Promise<readonly Entry[]>;
  /** Writes a change; `all` gives what there is after it when the files are to become one. */
  write(entry: Entry, all: () => Entry): Promise<void>;
}

/** So many files are made into one. */
const filesMax = 100;
const nameLength = 12;

/** The journal in a folder; without one it keeps nothing. */
export function journalIn({ files }: ImageEnv, folder: string | undefined): Journal {
  if (folder === undefined) return { read: async () => [], write: async () => {} };
  const names = new Set<string>();
  const nameOf = (entry: Entry, what: string) => `${String(entry.revision).padStart(nameLength, "0")}.${what}.json`;

  async function put(entry: Entry, what: "change" | "all"): Promise<void> {
    const name = nameOf(entry, what);
    await files.writeText(`${folder}/${name}`, JSON.stringify(entry));
    names.add(name);
  }

  return {
    async read() {
      for (const name of await files.list(folder).catch(() => [])) if (name.endsWith(".json")) names.add(name);
      const sorted = [...names].sort();
      const from = sorted.findLastIndex((name) => name.endsWith(".all.json"));
      const entries: Entry[] = [];
      for (const name of sorted.slice(Math.max(0, from))) {
        const entry = JSON.parse(await files.readText(`${folder}/${name}`)) as Entry;
        // The change that a whole was made after is in it.
        if (entry.revision > (entries.at(-1)?.revision ?? 0)) entries.push(entry);
      }
      return entries;
    },
    async write(entry, all) {
      await put(entry, "change");
      if (names.size < filesMax) return;
      const old = [...names];
      await put(all(), "all");
      for (const name of old) {
        await files.remove(`${folder}/${name}`);
        names.delete(name);
      }
    },
  };
}
