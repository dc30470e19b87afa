import type { Step } from "../../../runtime/mod.ts";
import { askStore, type StoreClient } from "../../client/store_client.ts";
import type { ResourceCache } from "../cache/resource_cache.ts";
import type { Item } from "./item.ts";

/** Since when each object of a kind that is forgotten after a while has been as it is, by this server's clock. */
export type Ages = Map<string, { readonly revision: number; readonly sinceMs: number }>;

const removalsMax = 1_000;

/** How long, and how much, of the kinds that are forgotten after a while. */
export interface ExpiryLimits {
  /** Default: the kind's own. */
  readonly ttlSeconds?: number | undefined;
  /** Of the texts of one kind. Default: no limit. */
  readonly bytesMax?: number | undefined;
}

/**
 * Deletes the objects that nobody wrote for as long as their kind is kept (events, an hour), and the oldest where they
 * take more than they may. Every server does so; the delete names the version it means, so that one of them is enough and a write in between wins.
 */
export function expireObjects(
  store: StoreClient,
  step: Step,
  {
    caches,
    ages,
    limits,
  }: { readonly caches: Iterable<ResourceCache>; readonly ages: Ages; readonly limits: ExpiryLimits },
): void {
  let removals = 0;
  for (const { kind, items, prefix } of caches) {
    if (!kind.storageTtlSeconds) continue;
    const ttlMs = (limits.ttlSeconds ?? kind.storageTtlSeconds) * 1_000;
    const keptFrom = oldestKept(items, limits.bytesMax);
    for (const key of ages.keys()) if (key.startsWith(prefix) && !items.has(key)) ages.delete(key);
    for (const { key, revision } of items.values()) {
      const age = ages.get(key);
      const isSame = age?.revision === revision;
      if (!isSame) ages.set(key, { revision, sinceMs: step.uptimeMs });
      const isOld = isSame && step.uptimeMs - age.sinceMs >= ttlMs;
      if ((isOld || revision < keptFrom) && removals++ < removalsMax) removeKey(store, step, { key, revision });
    }
  }
}

/** The revision of the oldest object that fits, counted from the newest. */
function oldestKept(items: ReadonlyMap<string, Item>, bytesMax = Number.POSITIVE_INFINITY): number {
  let [bytes, kept] = [0, 0];
  for (const { text } of items.values()) bytes += text.length;
  if (bytes <= bytesMax) return 0;
  bytes = 0;
  for (const { revision, text } of [...items.values()].sort((a, b) => b.revision - a.revision)) {
    bytes += text.length;
    if (bytes > bytesMax) return kept;
    kept = revision;
  }
  return 0;
}

function removeKey(store: StoreClient, step: Step, { key, revision }: { key: string; revision: number }): void {
  const compare = [{ key, target: "mod", result: "equal", value: revision }] as const;
  const request = { type: "store.txn", compare, success: [{ op: "delete", key }], failure: [] } as const;
  // Whatever comes of it: what is still there is looked at again soon.
  askStore(store, step, request, () => {});
}
