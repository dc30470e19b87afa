import type { Fields } from "../../../actors/api/types.ts";
import { changesAt, type Keyspace } from "../../../actors/store/keyspace/keyspace.ts";
import type { KeyValue } from "../../../actors/store/messages.ts";
import { objectIn } from "../../engine/world.ts";
import { allFolders, type Folder, folders, hookKey } from "./folders.ts";

/** An object as anybody has it. */
export type Thing = Fields & { readonly metadata: Fields & { readonly name: string } };

/** What the store has committed of an object of a folder. */
export interface ThingChange {
  readonly folder: Folder;
  readonly name: string;
  readonly revision: number;
  /** Undefined: it was deleted. */
  readonly after: Thing | undefined;
  readonly before: Thing | undefined;
  readonly atMs: number;
}

/** What was committed, in the order of revisions, as the first replica that applied it had it. */
export interface ApiTruth {
  readonly changes: readonly ThingChange[];
  /** Keys beside objects that are there now: who has which address and which port. */
  readonly claims: ReadonlySet<string>;
  /** How many maps the quota says that there are where they are counted. */
  countedUsed(): number;
  revision(): number;
  follow(keyspace: Keyspace, atMs: number): readonly ThingChange[];
  /** What there is now. */
  now(folder: Folder): ReadonlyMap<string, Thing>;
}

const quotaKey = `/registry/resourcequotas/${folders.counted.namespace}/few`;
const claimPrefixes = ["/registry/ipaddresses/", "/registry/nodeports/"];

/** Nothing is committed. */
export function createTruth(): ApiTruth {
  const changes: ThingChange[] = [];
  const claims = new Set<string>();
  const things = new Map<Folder, Map<string, Thing>>(allFolders.map((each) => [each, new Map()]));
  let revision = 1;
  let countedUsed = 0;

  function take(kv: KeyValue, isPut: boolean, atMs: number) {
    if (claimPrefixes.some((each) => kv.key.startsWith(each))) {
      if (isPut) claims.add(kv.key);
      else claims.delete(kv.key);
    }
    if (kv.key === quotaKey) {
      const { status } = objectIn(kv) as { readonly status?: { readonly used?: Readonly<Record<string, string>> } };
      countedUsed = Number(status?.used?.["count/configmaps"] ?? 0);
    }
    const folder = allFolders.find(({ prefix }) => kv.key.startsWith(prefix));
    const own = folder && things.get(folder);
    if (!folder || !own) return;
    const name = kv.key.slice(folder.prefix.length);
    const before = own.get(name);
    const after = isPut ? (objectIn(kv) as Thing | undefined) : undefined;
    if (after) own.set(name, after);
    else own.delete(name);
    changes.push({ folder, name, revision: kv.modRevision, after, before, atMs });
  }

  return {
    changes,
    claims,
    countedUsed: () => countedUsed,
    revision: () => revision,
    follow(keyspace, atMs) {
      const from = changes.length;
      while (revision < keyspace.revision) {
        revision++;
        for (const { type, kv } of changesAt(keyspace, revision)) take(kv, type === "put", atMs);
      }
      return changes.slice(from);
    },
    now: (folder) => things.get(folder) ?? new Map(),
  };
}

/** An object as text that is equal where objects are: without its version, who owns its fields, and what webhooks note. */
export function textOf(object: Thing | Fields | undefined): string {
  if (object === undefined) return "nothing";
  // Items of a list do not say of which kind they are.
  const { metadata, kind: _kind, apiVersion: _apiVersion, ...rest } = object as Thing;
  const { resourceVersion: _version, managedFields: _owners, ...others } = metadata as Fields;
  const { [hookKey]: noted, ...annotations } = (others.annotations ?? {}) as Fields;
  return JSON.stringify(sorted({ ...rest, metadata: noted === undefined ? others : { ...others, annotations } }));
}

/** The same with all keys in order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}
