import type { ClusterEventKind, EventInterest } from "../cluster_event.ts";
import {
  type SchedulerConfiguration,
  type SchedulerProfile,
  schedulerNameDefault,
} from "../configuration/configuration.ts";
import { chosenPlugins } from "../configuration/points.ts";
import type { Plugin, Waiting } from "../framework.ts";
import { all } from "../plugins/all.ts";

/** The plugins of a scheduler in their order, sorted by extension point once. */
export interface Profile {
  readonly schedulerName: string;
  /** How many of 100 nodes that fit are enough to choose among; 0: as many as suits the cluster's size. */
  readonly percentageOfNodesToScore: number;
  readonly plugins: readonly Plugin[];
  readonly filters: readonly Plugin[];
  readonly postFilters: readonly Plugin[];
  readonly scorers: readonly Plugin[];
  /** Those that may keep a pod out of the queue. */
  readonly gates: readonly Plugin[];
  /** Those that a binding may have to wait for. */
  readonly waiters: readonly Plugin[];
  compare(a: Waiting, b: Waiting): number;
  /** Which plugins care about a kind of event, and how. */
  interests(kind: ClusterEventKind): ReadonlyMap<string, readonly EventInterest[]>;
}

const nobody: ReadonlyMap<string, readonly EventInterest[]> = new Map();

/** All plugins there are, as in Kubernetes' default profile. */
export const defaultPlugins: readonly Plugin[] = all;

/** The profiles of a configuration, by the name of the scheduler that pods ask for. */
export function createProfiles({
  profiles,
  percentageOfNodesToScore = 0,
}: SchedulerConfiguration): ReadonlyMap<string, Profile> {
  const configured = profiles ?? [{ schedulerName: schedulerNameDefault }];
  return new Map(configured.map((each) => [each.schedulerName, configuredProfile(each, percentageOfNodesToScore)]));
}

function configuredProfile(profile: SchedulerProfile, percentage: number): Profile {
  const { schedulerName, plugins, pluginConfig = [], percentageOfNodesToScore = percentage } = profile;
  const withArguments = defaultPlugins.map((each) => {
    const args = pluginConfig.find(({ name }) => name === each.name)?.args;
    return args && each.configured ? each.configured(args as never) : each;
  });
  return { ...createProfile(chosenPlugins(withArguments, plugins)), schedulerName, percentageOfNodesToScore };
}

/** Makes a profile of some plugins. Default: all there are. */
export function createProfile(chosen: readonly Plugin[] = defaultPlugins): Profile {
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
    schedulerName: schedulerNameDefault,
    percentageOfNodesToScore: 0,
    plugins,
    gates: plugins.filter(({ preEnqueue }) => preEnqueue),
    filters: plugins.filter(({ preFilter, filter }) => preFilter || filter),
    postFilters: plugins.filter(({ postFilter }) => postFilter),
    scorers: plugins.filter(({ score }) => score),
    waiters: plugins.filter(({ readiness }) => readiness),
    compare: sort ?? ((a, b) => a.queuedAtMs - b.queuedAtMs),
    interests: (kind) => byKind.get(kind) ?? nobody,
  };
}
