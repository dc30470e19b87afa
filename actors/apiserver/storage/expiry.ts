import type { Step } from "../../../runtime/mod.ts";
import type { ResourceCache } from "../cache/resource_cache.ts";
import { askStore, type StoreClient } from "./store_client.ts";

/** Since when each object of a kind that is forgotten after a while has been as it is, by this server's clock. */
export type Ages = Map<string, { readonly revision: number; readonly sinceMs: number }>;

const removalsMax = 500;

/**
 * Deletes the objects that nobody wrote for as long as their kind is kept (events, an hour). Every server does so; the
 * delete names the version it means, so that one of them is enough and a write in between wins.
 */
export function expireObjects(
  store: StoreClient,
  step: Step,
  { caches, ages }: { readonly caches: Iterable<ResourceCache>; readonly ages: Ages },
): void {
  let removals = 0;
  for (const { kind, items, prefix } of caches) {
    const ttlMs = (kind.storageTtlSeconds ?? 0) * 1_000;
    if (ttlMs === 0) continue;
    for (const key of ages.keys()) if (key.startsWith(prefix) && !items.has(key)) ages.delete(key);
    for (const { key, revision } of items.values()) {
      const age = ages.get(key);
      if (age?.revision !== revision) ages.set(key, { revision, sinceMs: step.uptimeMs });
      else if (step.uptimeMs - age.sinceMs >= ttlMs && removals++ < removalsMax)
        removeKey(store, step, { key, revision });
    }
  }
}

function removeKey(store: StoreClient, step: Step, { key, revision }: { key: string; revision: number }): void {
  const compare = [{ key, target: "mod", result: "equal", value: revision }] as const;
  const request = { type: "store.txn", compare, success: [{ op: "delete", key }], failure: [] } as const;
  // Whatever comes of it: what is still there is looked at again in a minute.
  askStore(store, step, request, () => {});
}
