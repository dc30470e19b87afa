import type { ApiRequest } from "../apiserver/messages.ts";
import type { ClusterView, Supposition } from "./cache.ts";
import type { EventInterest } from "./cluster_event.ts";
import type { NodeInfo } from "./node_info.ts";
import type { PodInfo } from "./pod_info.ts";
import type { Related } from "./related.ts";

/** Why a pod cannot be on a node, or on any. */
export interface Rejection {
  readonly reasons: readonly string[];
  /** Whether evicting pods could help. */
  readonly resolvable: boolean;
}

/** A rejection that evicting pods might cure. */
export function unschedulable(...reasons: readonly string[]): Rejection {
  return { reasons, resolvable: true };
}

/** A rejection that no eviction cures. */
export function unresolvable(...reasons: readonly string[]): Rejection {
  return { reasons, resolvable: false };
}

/** What a plugin finds out once for a pod: nothing to do, a reason against every node, or a state for the rest. */
export type Prepared<State> =
  | { readonly skip: true }
  | { readonly rejection: Rejection }
  | {
      readonly state: State;
      /** Only these nodes can pass. */
      readonly nodes?: ReadonlySet<string>;
    };

/** The plugin has nothing to say about this pod. */
export const skip = { skip: true } as const;

/** What plugins read beside the pod and the node. */
export interface CycleContext {
  readonly view: ClusterView;
  readonly related: Related;
  /** The instant of the attempt. */
  readonly nowMs: number;
}

/** A rejected pod in the eyes of a postFilter plugin. */
export interface Failure {
  readonly context: CycleContext;
  /** The rejection of every node. */
  readonly rejectionOf: (node: string) => Rejection;
  /** Filters one node anew under a supposition. */
  readonly fits: (supposition: Supposition) => Rejection | undefined;
  /** A whole number in [0, below). */
  readonly int: (below: number) => number;
  /** Where room was made for the pod before. */
  readonly nominatedNode: string | undefined;
}

/** Why a pod that made room for another is disrupted, as its DisruptionTarget condition says. */
export const preemptionReason = "PreemptionByScheduler";

/** What a postFilter plugin came to. */
export type Remedy =
  /** Nothing can be done; `isHopeless` where the room that was made for the pod before is of no use to it, either. */
  | { readonly rejection: Rejection; readonly isHopeless?: boolean }
  /** The pod will fit on `node` once the victims are gone. */
  | { readonly node: string; readonly victims: readonly PodInfo[] };

/** A write a plugin wants made while a pod is bound. */
export interface PluginWrite {
  readonly resource: string;
  readonly group: string;
  readonly version: string;
  readonly verb: "create" | "update" | "patch";
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: string;
  /** Of a patch. */
  readonly contentType?: NonNullable<ApiRequest["contentType"]>;
  readonly body: string;
}

/** Whether all is done that a binding waits for; or why it never will be. */
export type Readiness = "ready" | "not yet" | { readonly failure: string };

/** Two pods in the queue, as far as their order goes. */
export interface Waiting {
  readonly info: PodInfo;
  readonly queuedAtMs: number;
}

/**
 * A scheduler plugin: a name and the extension points it has work at, as in Kubernetes' scheduling framework. `Filter`
 * and `Score` are what its preFilter and preScore hand on; without these every node is asked with `undefined`.
 */
export interface PluginSpec<Filter = undefined, Score = undefined> {
  readonly name: string;
  /** Its place in the default profile: the first plugin that rejects a node gives the reason. */
  readonly order: number;
  /** What its score counts in the default profile. Default 1. */
  readonly weight?: number;
  /** The events that wake pods it rejected. */
  readonly events?: readonly EventInterest[];
  /** The same plugin with arguments of a configuration; absent: it takes none. */
  readonly configured?: (args: never) => Plugin;
  readonly queueSort?: (a: Waiting, b: Waiting) => number;
  readonly preEnqueue?: (pod: PodInfo) => Rejection | undefined;
  /** Whether what its preFilter finds out depends on which pods are where, beyond a node's own sums. Default false. */
  readonly countsPods?: boolean;
  readonly preFilter?: (pod: PodInfo, context: CycleContext) => Prepared<Filter>;
  readonly filter?: (pod: PodInfo, node: NodeInfo, state: Filter) => Rejection | undefined;
  readonly postFilter?: (pod: PodInfo, failure: Failure) => Remedy;
  readonly preScore?: (pod: PodInfo, nodes: readonly NodeInfo[], context: CycleContext) => Prepared<Score>;
  readonly score?: (pod: PodInfo, node: NodeInfo, state: Score) => number;
  /** Brings the scores, in place, to whole numbers from 0 to 100. */
  readonly normalize?: (scores: number[], nodes: readonly NodeInfo[], state: Score) => void;
  readonly reserve?: (pod: PodInfo, node: string, context: CycleContext) => Rejection | undefined;
  /** Undoes `reserve`; also called when it was not reached. */
  readonly unreserve?: (pod: PodInfo, node: string, context: CycleContext) => void;
  readonly permit?: (pod: PodInfo, node: string, context: CycleContext) => Rejection | undefined;
  /** Writes to make, one after the other, before the binding. */
  readonly preBind?: (pod: PodInfo, node: string, context: CycleContext) => readonly PluginWrite[];
  /** Whether what these writes asked for is done: the binding waits for it. Default: it waits for nothing. */
  readonly readiness?: (pod: PodInfo, node: string, context: CycleContext) => Readiness;
  /** How long a binding may wait for that, in milliseconds. Default 600,000. */
  readonly readinessMsMax?: number;
  /** The write that binds; the first plugin that has one does it. */
  readonly bind?: (pod: PodInfo, node: string) => PluginWrite | undefined;
  readonly postBind?: (pod: PodInfo, node: string, context: CycleContext) => void;
}

/** A plugin whose states are its own business. */
export type Plugin = PluginSpec<unknown, unknown>;

/** Makes a plugin; the framework hands its states back to it untouched. */
export function plugin<Filter = undefined, Score = undefined>(spec: PluginSpec<Filter, Score>): Plugin {
  return spec as unknown as Plugin;
}

/** The highest score a node can get from one plugin. */
export const scoreMax = 100;

/** Scales scores so that the highest becomes 100; reversed, the highest becomes 0. */
export function scaleToMax(scores: number[], reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  for (let index = 0; index < scores.length; index++) {
    const scaled = max === 0 ? 0 : Math.trunc((scoreMax * (scores[index] ?? 0)) / max);
    scores[index] = reverse ? scoreMax - scaled : scaled;
  }
}
