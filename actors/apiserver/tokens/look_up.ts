import type { Step } from "../../../runtime/mod.ts";
import { type KindDefinition, storageKey } from "../../api/kind.ts";
import type { Status } from "../../api/status.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { askStore, type StoreClient } from "../../client/store_client.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { ResourceCache } from "../cache/resource_cache.ts";
import { storeStatus } from "../storage/guaranteed_update.ts";
import { itemOf, objectOf } from "../storage/item.ts";

/** What an object is looked up in: what a server has of its own, by storage prefix, and the store. */
export interface Shelves {
  readonly caches: ReadonlyMap<string, ResourceCache>;
  readonly store: StoreClient;
}

/** An object to be found. */
export interface Sought<T extends KubeObject> {
  readonly kind: KindDefinition<T>;
  readonly namespace?: string;
  readonly name: string;
  /** What the cache has that is not so may be an older one: then the store is asked. Default: it is as good as any. */
  isRight?(object: Frozen<T>): boolean;
  readonly done: Looked<T>;
}

/** Told what was found; undefined: there is none of that name. A Status when the store does not say. */
export type Looked<T extends KubeObject> = (found: Result<Frozen<T> | undefined, Status>, step: Step) => void;

/**
 * Looks an object up in the server's own cache, at once; what is not there, or is not right, may be newer than the
 * cache, so then the store is asked.
 */
export function lookUp<T extends KubeObject>(shelves: Shelves, sought: Sought<T>, step: Step) {
  const { kind, namespace = "", name, isRight = () => true, done } = sought;
  const key = storageKey(kind as unknown as KindDefinition, { namespace, name });
  const item = shelves.caches.get(kind.storagePrefix)?.items.get(key);
  // Items of a kind's own prefix are of the kind.
  const cached = item && (objectOf(item) as Frozen<T>);
  if (cached && isRight(cached)) return done(ok(cached), step);
  askStore(shelves.store, step, { type: "store.range", key }, (answer, later) => {
    if (answer.type === "store.error") return done(failed(storeStatus(answer)), later);
    const [found] = answer.type === "store.range.ok" ? answer.kvs : [];
    done(ok(found && (objectOf(itemOf(found)) as Frozen<T>)), later);
  });
}
