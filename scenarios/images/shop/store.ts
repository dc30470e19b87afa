import { jsonOf, requireCount, requireText } from "./_input.ts";
import { refuse } from "./_refusal.ts";
import { service } from "./_service.ts";

interface Stored {
  readonly version: number;
  readonly value: unknown;
}

const documentsMax = 100_000;
const writesMax = 100;

/** In memory: a store that ends has forgotten all. */
const documents = new Map<string, Stored>();
/** Counts all writes: no version comes twice, not even of a document that was removed meanwhile. */
let revision = 0;

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

/** All of it or nothing; each document has to have the version that is named, 0 when it must not be there. */
function commit(writes: readonly Checked[]): { readonly revision: number } {
  const versionOf = (key: string) => documents.get(key)?.version ?? 0;
  const conflict = writes.find(({ key, version }) => versionOf(key) !== version);
  if (conflict) {
    refuse(409, `${conflict.key} has version ${versionOf(conflict.key)}, not ${conflict.version}: read it again`);
  }
  if (documents.size + writes.length > documentsMax) refuse(507, `There is no room for more than ${documentsMax}`);
  revision++;
  for (const { key, value } of writes) {
    if (value === undefined) documents.delete(key);
    else documents.set(key, { version: revision, value });
  }
  return { revision };
}

function keysOf(prefix: string): string[] {
  return [...documents.keys()].filter((key) => key.startsWith(prefix)).sort();
}

/** Keeps the documents of the other services, each with a version: what several replicas share lives here. */
export default service({
  name: "store",
  routes: {
    "GET /documents": ({ url }) => ({
      documents: keysOf(url.searchParams.get("prefix") ?? "").map((key) => ({ key, ...documents.get(key) })),
    }),
    "GET /documents/:key": ({ params: { key = "" } }) => {
      const found = documents.get(key);
      return found ? { key, ...found } : refuse(404, `There is no document ${key}`);
    },
    "POST /transactions": async ({ request }) => {
      const { writes } = await jsonOf(request);
      if (!Array.isArray(writes) || writes.length > writesMax) {
        return refuse(400, `Cannot use writes: it has to be a list of ${writesMax} at most`);
      }
      return commit(writes.map(checked));
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
