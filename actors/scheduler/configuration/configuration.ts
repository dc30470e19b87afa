import type { PluginArguments } from "./arguments.ts";
import type { PluginSets } from "./points.ts";

/** A scheduler of its own name, with its own choice of plugins. */
export interface SchedulerProfile {
  /** The pods of this `schedulerName` are its own. */
  readonly schedulerName: string;
  /** Of 100; 0: as many as suits the cluster's size. Default: that of the configuration. */
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: PluginSets;
  readonly pluginConfig?: readonly PluginConfig[];
}

/** The arguments of one plugin. */
export interface PluginConfig {
  readonly name: keyof PluginArguments;
  readonly args?: PluginArguments[keyof PluginArguments];
}

/** What of a KubeSchedulerConfiguration this scheduler acts on. */
export interface SchedulerConfiguration {
  /** Default: one, of the name `default-scheduler`, with all default plugins. */
  readonly profiles?: readonly SchedulerProfile[];
  readonly percentageOfNodesToScore?: number;
  /** Default 1. */
  readonly podInitialBackoffSeconds?: number;
  /** Default 10. */
  readonly podMaxBackoffSeconds?: number;
}

/** The scheduler that pods get that name none. */
export const schedulerNameDefault = "default-scheduler";
