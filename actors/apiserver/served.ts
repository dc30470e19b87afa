import { customKinds } from "../api/custom/custom_kind.ts";
import type { KindDefinition } from "../api/kind.ts";
import { type CustomResourceDefinition, customResourceDefinition } from "../api/kinds/custom_resource_definition.ts";
import { createRegistry, gatedKinds, type Registry, registry } from "../api/registry.ts";
import type { Frozen } from "../api/types.ts";
import { createResourceCache, type ResourceCache, resetCache } from "./cache/resource_cache.ts";
import { closeWatcher } from "./cache/watchers.ts";
import { closeWindow } from "./cache/window.ts";
import { measuredKinds } from "./measured/measured_kinds.ts";
import type { ApiServerInput } from "./messages.ts";
import { all as reviews } from "./reviews/all.ts";
import type { Server } from "./server.ts";
import { objectOf } from "./storage/item.ts";

/** All that a server serves. */
export interface Served {
  /** The kinds that are stored. */
  readonly stored: Registry;
  /** Those, and the kinds that are only questions to the server, or measured when somebody asks. */
  readonly all: Registry;
}

/** What is answered, and never stored. */
const answers: readonly KindDefinition[] = [...reviews.map(({ kind }) => kind), ...measuredKinds];

/** What a server serves that knows these kinds beside those of every cluster. */
function servedWith(others: readonly KindDefinition[]): Served {
  const kinds = [...registry.kinds, ...others];
  return { stored: createRegistry(kinds), all: createRegistry([...kinds, ...answers]) };
}

/** What was made of features, by their names: servers of one cluster have the same. */
const servedByGates = new Map<string, Served>();

/** What a server serves in which these features are on, whatever definitions there are. */
export function servedAlways({ featureGates = [] }: Pick<ApiServerInput, "featureGates">): Served {
  const key = featureGates.join();
  const served = servedByGates.get(key) ?? servedWith(gatedKinds(featureGates));
  servedByGates.set(key, served);
  return served;
}

/**
 * Brings a server's kinds up to date with the definitions of custom resources that its cache has: each is served, and
 * has a cache of its own, from the moment that the definition is known. Definitions come before their objects in the
 * order of revisions, so that no object is missed.
 */
export function serveDefinitions(server: Server, prefixes: Map<string, ResourceCache>): void {
  const definitions = server.caches.get(customResourceDefinition.storagePrefix);
  if (definitions === undefined) return;
  const custom = [...definitions.items.values()].flatMap((item) =>
    customKinds(objectOf(item) as Frozen<CustomResourceDefinition>),
  );
  const { featureGates = [] } = server.input;
  server.served =
    custom.length === 0 ? servedAlways(server.input) : servedWith([...gatedKinds(featureGates), ...custom]);
  // The version that is stored may be one that is not served.
  const wanted = new Map([...custom, ...custom.filter(isStorageKind)].map((kind) => [kind.storagePrefix, kind]));
  for (const [prefix, kind] of wanted) {
    if (server.caches.has(prefix)) continue;
    const cache = createResourceCache(kind, server.windowBudget);
    resetCache(cache, [], server.feed.revision);
    server.caches.set(prefix, cache);
    prefixes.set(cache.prefix, cache);
    server.customPrefixes.add(prefix);
  }
  for (const prefix of [...server.customPrefixes]) if (!wanted.has(prefix)) forget(server, prefix, prefixes);
  endOutdated(server, new Set(custom));
}

/** A watch ends when the definition of its objects says something else of them: it is to begin anew, as on a real server. */
function endOutdated(server: Server, custom: ReadonlySet<KindDefinition>): void {
  for (const watcher of server.watchers.all.values()) {
    const { kind } = watcher.selection;
    if (!custom.has(kind) && server.customPrefixes.has(kind.storagePrefix)) server.orphans.push(watcher);
  }
}

/** Nobody serves what has no definition: who watches it is told that it is over. */
function forget(server: Server, prefix: string, prefixes: Map<string, ResourceCache>): void {
  const cache = server.caches.get(prefix);
  server.customPrefixes.delete(prefix);
  server.caches.delete(prefix);
  prefixes.delete(`${prefix}/`);
  if (cache) closeWindow(cache.window);
  for (const watcher of [...server.watchers.all.values()]) {
    if (watcher.cache === cache) server.orphans.push(watcher);
  }
}

/** Ends the watches of what is no longer served. */
export function closeOrphans(server: Server, step: Parameters<typeof closeWatcher>[2]): void {
  for (const watcher of server.orphans.splice(0)) closeWatcher(server.watchers, watcher, step);
}

/** Whether objects of a kind are stored as they are, rather than as another version's. */
export function isStorageKind(kind: KindDefinition): boolean {
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  return kind.storageVersion.apiVersion === apiVersion;
}
