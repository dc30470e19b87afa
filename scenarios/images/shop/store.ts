import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { jsonOf, requireCount, requireText } from "./_input.ts";
import { type Entry, type Journal, journalIn } from "./_journal.ts";
import { refuse } from "./_refusal.ts";
import { service } from "./_service.ts";

interface Stored {
  readonly version: number;
  readonly value: unknown;
}

const documentsMax = 100_000;
const writesMax = 100;

const documents = new Map<string, Stored>();
/** Counts all writes: no version comes twice, not even of a document that was removed meanwhile. */
let revision = 0;
let journal: Journal | undefined;
/** Writes come to the journal one after the other. */
let writing: Promise<void> = Promise.resolve();

interface Checked {
  readonly key: string;
  readonly version: number;
  readonly value?: unknown;
}

function checked(write: unknown): Checked {
  const { key, version, value } = (write ?? {}) as { readonly [Field in keyof Checked]?: unknown };
  return {
    key: requireText(key, "key"),
    version: requireCount(version, { field: "version", most: Number.MAX_SAFE_INTEGER }),
    ...(value === undefined ? {} : { value }),
  };
}

/** What the one before has written: in the folder `DATA_FOLDER`, without which a store that ends has forgotten all. */
async function begin(env: ImageEnv): Promise<void> {
  journal = journalIn(env, env.vars.DATA_FOLDER);
  for (const entry of await journal.read()) take(entry);
  if (env.vars.DATA_FOLDER !== undefined) env.log(`store finds ${documents.size} documents`);
}

function take(entry: Entry): void {
  revision = entry.revision;
  for (const { key, version, value } of entry.documents) {
    if (value === undefined) documents.delete(key);
    else documents.set(key, { version, value });
  }
}

/** All of it or nothing; each document has to have the version that is named, 0 when it must not be there. */
async function commit(writes: readonly Checked[], env: ImageEnv): Promise<{ readonly revision: number }> {
  const versionOf = (key: string) => documents.get(key)?.version ?? 0;
  const conflict = writes.find(({ key, version }) => versionOf(key) !== version);
  if (conflict) {
    refuse(409, `${conflict.key} has version ${versionOf(conflict.key)}, not ${conflict.version}: read it again`);
  }
  if (documents.size + writes.length > documentsMax) refuse(507, `There is no room for more than ${documentsMax}`);
  const version = revision + 1;
  const entry: Entry = { revision: version, documents: writes.map(({ key, value }) => ({ key, version, value })) };
  take(entry);
  const all = () => ({ revision, documents: [...documents].map(([key, stored]) => ({ key, ...stored })) });
  writing = writing
    .then(() => journal?.write(entry, all))
    .catch((error: Error) => {
      // Others may have seen what is not written: it begins anew from what is.
      env.log(`store cannot write: ${error.message}`);
      env.exit(1);
    });
  await writing;
  return { revision: version };
}

function keysOf(prefix: string): string[] {
  return [...documents.keys()].filter((key) => key.startsWith(prefix)).sort();
}

/** Keeps the documents of the other services, each with a version: what several replicas share lives here. */
export default service({
  name: "store",
  begin,
  routes: {
    "GET /documents": ({ url }) => ({
      documents: keysOf(url.searchParams.get("prefix") ?? "").map((key) => ({ key, ...documents.get(key) })),
    }),
    "GET /documents/:key": ({ params: { key = "" } }) => {
      const found = documents.get(key);
      return found ? { key, ...found } : refuse(404, `There is no document ${key}`);
    },
    "POST /transactions": async ({ request, env }) => {
      const { writes } = await jsonOf(request);
      if (!Array.isArray(writes) || writes.length > writesMax) {
        return refuse(400, `Cannot use writes: it has to be a list of ${writesMax} at most`);
      }
      return commit(writes.map(checked), env);
    },
  },
  commands: {
    keys: ([prefix = ""]) =>
      keysOf(prefix)
        .map((key) => `${key}\n`)
        .join(""),
    get([key = ""]) {
      const found = documents.get(key);
      if (!found) return { exitCode: 1, stderr: `There is no document ${key}\n` };
      return `${JSON.stringify({ key, ...found }, undefined, 2)}\n`;
    },
  },
});
