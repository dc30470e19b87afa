import type { Step } from "../../runtime/mod.ts";
import type { KindDefinition } from "../api/kind.ts";
import { customResourceDefinition } from "../api/kinds/custom_resource_definition.ts";
import type { LegacyClaims } from "../api/service_account_names.ts";
import { createStoreClient, type StoreClient } from "../client/store_client.ts";
import { type Asks, createAsks } from "../kit/asks.ts";
import { createRoutes, type Routes } from "../network/routes.ts";
import { createQuotas, type Quotas } from "./admission/quota/reserve.ts";
import { createRemotes, type Remotes } from "./aggregation/remotes.ts";
import { createPortRepair, type PortRepair } from "./allocation/port_repair.ts";
import { type ComponentTable, componentTable } from "./authentication/_component.ts";
import { createRights, type Rights } from "./authorization/_rights.ts";
import { createFeed, type Feed } from "./cache/feed.ts";
import { createFreshness, type Freshness } from "./cache/freshness.ts";
import { createResourceCache, type ResourceCache } from "./cache/resource_cache.ts";
import { createWatchers, type Watcher, type Watchers } from "./cache/watchers.ts";
import { createWindowBudget, type WindowBudget } from "./cache/window.ts";
import { createSealing } from "./encryption/sealing.ts";
import { createFairness, type Fairness } from "./fairness/seats.ts";
import { createExchanges, type Exchanges } from "./http/exchanges.ts";
import { createOutflows, type Outflows } from "./http/outflow.ts";
import type { KnownUsage } from "./measured/known_usage.ts";
import { memoryPlan } from "./memory.ts";
import type { ApiServerInput } from "./messages.ts";
import { createRequestMetrics, type RequestMetrics } from "./metrics/request_metrics.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { closeOrphans, isStorageKind, type Served, serveDefinitions, servedAlways } from "./served.ts";
import { type Compactor, createCompactor } from "./storage/compactor.ts";
import type { Ages } from "./storage/expiry.ts";
import { createKubeletStreams, type KubeletStreams } from "./streams/kubelet_streams.ts";
import type { TokenClaims } from "./tokens/claims.ts";
import type { AccountWaits } from "./tokens/find_account.ts";

/** All that an API server holds. */
export interface Server {
  readonly input: ApiServerInput;
  readonly components: ComponentTable;
  /** Where pods are; undefined: they cannot be reached. */
  readonly routes: Routes | undefined;
  /** Who may do what. */
  readonly rights: Rights;
  /** How requests from outside share it. */
  readonly fairness: Fairness;
  /** Who serves what this server does not serve itself. */
  readonly remotes: Remotes;
  readonly refusals: Refusals;
  /** All that was asked of others and has no answer yet. */
  readonly asks: Asks<Step>;
  /** What it serves: more with each definition of custom resources. */
  served: Served;
  readonly store: StoreClient;
  readonly watchers: Watchers;
  readonly feed: Feed;
  readonly freshness: Freshness;
  /** By storage prefix: kinds that share one storage share one cache. */
  readonly caches: Map<string, ResourceCache>;
  readonly windowBudget: WindowBudget;
  /** The storage prefixes of custom resources. */
  readonly customPrefixes: Set<string>;
  /** Watches of what is no longer served, to be ended. */
  readonly orphans: Watcher[];
  readonly exchanges: Exchanges;
  readonly outflows: Outflows;
  readonly kubeletStreams: KubeletStreams;
  readonly ages: Ages;
  readonly compactor: Compactor;
  readonly portRepair: PortRepair;
  /** Claims by the tokens whose signature was seen to be good. */
  readonly signedTokens: Map<string, TokenClaims | LegacyClaims>;
  /** Pods that wait for the account of a new namespace. */
  readonly accountWaits: AccountWaits;
  readonly quotas: Quotas;
  /** How often what was asked, and how long the answers took. */
  readonly requests: RequestMetrics;
  /** What kubelets have said lately of the use of their nodes. */
  readonly knownUsage: KnownUsage;
  expireAtMs: number;
  /** When Leases are looked for next whose servers are gone, by its uptime. */
  collectLeasesAtMs: number;
  /** Requests that are not answered yet; watches do not count. */
  inFlight: number;
  /** Whether what every cluster has (namespaces, the service of the API) is there. */
  bootstrapped: boolean;
  bootstrapping: boolean;
}

/** Makes a server that has not yet spoken with its store. */
export function createServer(input: ApiServerInput, step: Step): Server {
  if (input.stores.length === 0)
    throw new Error("Cannot start an API server: stores is empty, give its store replicas");
  const { encryption } = input.secrets ?? {};
  const plan = memoryPlan(input.heapBytes);
  const budget = createWindowBudget(plan.windowCharsMax, input.watchEventsMax);
  const asks = createAsks<Step>();
  const store = {
    ...createStoreClient(input.stores, asks, step),
    ...(encryption ? { sealing: createSealing(encryption) } : {}),
  };
  const watchers = createWatchers(plan);
  const caches = new Map<string, ResourceCache>();
  const served = servedAlways(input);
  for (const kind of served.stored.kinds) {
    if (isStorageKind(kind) && !caches.has(kind.storagePrefix)) {
      caches.set(kind.storagePrefix, createResourceCache(kind, budget));
    }
  }
  const feed = createFeed(store, watchers, [...caches.values()]);
  const server: Server = {
    input,
    components: componentTable(input.components ?? []),
    routes: input.routes && createRoutes(input.routes),
    rights: createRights(caches, input.featureGates),
    fairness: createFairness(caches),
    remotes: createRemotes(caches),
    refusals: createRefusals(),
    asks,
    served,
    store,
    watchers,
    feed,
    freshness: createFreshness(),
    caches,
    windowBudget: budget,
    customPrefixes: new Set(),
    orphans: [],
    exchanges: createExchanges(asks),
    outflows: createOutflows(asks),
    kubeletStreams: createKubeletStreams(asks, (address) => watchers.byOwner.has(address)),
    ages: new Map(),
    compactor: createCompactor(input.compactionMs, step),
    portRepair: createPortRepair(),
    signedTokens: new Map(),
    accountWaits: new Set(),
    quotas: createQuotas(),
    requests: createRequestMetrics(),
    knownUsage: new Map(),
    expireAtMs: 0,
    collectLeasesAtMs: 0,
    inFlight: 0,
    bootstrapped: false,
    bootstrapping: false,
  };
  feed.definitions = {
    prefix: `${customResourceDefinition.storagePrefix}/`,
    changed() {
      serveDefinitions(server, feed.caches);
      server.remotes.isUnsettled = true;
    },
    settled: (later) => closeOrphans(server, later),
  };
  return server;
}

/** The cache of a kind's objects: an empty one where its definition has gone while a request for them waited. */
export function cacheOf(server: Server, kind: KindDefinition): ResourceCache {
  const cache = server.caches.get(kind.storagePrefix);
  if (cache) return cache;
  if (servedAlways(server.input).stored.kinds.includes(kind)) {
    throw new Error(`Cannot find the cache of "${kind.kind}": its storage version is not registered`);
  }
  return createResourceCache(kind, createWindowBudget(0));
}
