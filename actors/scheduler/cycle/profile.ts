import type { ClusterEventKind, EventInterest } from "../cluster_event.ts";
import type { Plugin, Waiting } from "../framework.ts";
import { all } from "../plugins/all.ts";

/** The plugins of a scheduler in their order, sorted by extension point once. */
export interface Profile {
  readonly plugins: readonly Plugin[];
  readonly filters: readonly Plugin[];
  readonly postFilters: readonly Plugin[];
  readonly scorers: readonly Plugin[];
  /** Those that a binding may have to wait for. */
  readonly waiters: readonly Plugin[];
  compare(a: Waiting, b: Waiting): number;
  /** Which plugins care about a kind of event, and how. */
  interests(kind: ClusterEventKind): ReadonlyMap<string, readonly EventInterest[]>;
}

const nobody: ReadonlyMap<string, readonly EventInterest[]> = new Map();

/** Makes a profile of some plugins. Default: all there are, as in Kubernetes' default profile. */
export function createProfile(chosen: readonly Plugin[] = all): Profile {
  const plugins = [...chosen].sort((a, b) => a.order - b.order);
  const byKind = new Map<ClusterEventKind, Map<string, EventInterest[]>>();
  for (const { name, events = [] } of plugins) {
    for (const interest of events) {
      const byPlugin = byKind.get(interest.on) ?? new Map<string, EventInterest[]>();
      byKind.set(interest.on, byPlugin.set(name, [...(byPlugin.get(name) ?? []), interest]));
    }
  }
  const sort = plugins.find(({ queueSort }) => queueSort)?.queueSort;
  return {
    plugins,
    filters: plugins.filter(({ preFilter, filter }) => preFilter || filter),
    postFilters: plugins.filter(({ postFilter }) => postFilter),
    scorers: plugins.filter(({ score }) => score),
    waiters: plugins.filter(({ readiness }) => readiness),
    compare: sort ?? ((a, b) => a.queuedAtMs - b.queuedAtMs),
    interests: (kind) => byKind.get(kind) ?? nobody,
  };
}
