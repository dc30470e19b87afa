import type { Affinity, Frozen, TopologySpreadConstraint } from "../../api/types.ts";

type NodeAffinity = NonNullable<Affinity["nodeAffinity"]>;

/** A resource that counts in scores, and for how much. */
export interface ScoredResource {
  readonly name: string;
  /** Default 1. */
  readonly weight?: number;
}

/** How NodeResourcesFit scores nodes. */
export interface ScoringStrategy {
  /** Default LeastAllocated. */
  readonly type?: "LeastAllocated" | "MostAllocated" | "RequestedToCapacityRatio";
  /** Default: cpu and memory. */
  readonly resources?: readonly ScoredResource[];
  readonly requestedToCapacityRatio?: {
    readonly shape?: readonly { readonly utilization: number; readonly score: number }[];
  };
}

/** The arguments of plugins, by plugin, as `kubescheduler.config.k8s.io/v1` has them. */
export interface PluginArguments {
  readonly DefaultPreemption: {
    readonly minCandidateNodesPercentage?: number;
    readonly minCandidateNodesAbsolute?: number;
  };
  readonly InterPodAffinity: {
    readonly hardPodAffinityWeight?: number;
    readonly ignorePreferredTermsOfExistingPods?: boolean;
  };
  readonly NodeAffinity: { readonly addedAffinity?: Frozen<NodeAffinity> };
  readonly NodeResourcesBalancedAllocation: { readonly resources?: readonly ScoredResource[] };
  readonly NodeResourcesFit: {
    readonly ignoredResources?: readonly string[];
    readonly ignoredResourceGroups?: readonly string[];
    readonly scoringStrategy?: ScoringStrategy;
  };
  readonly PodTopologySpread: {
    readonly defaultConstraints?: readonly Frozen<TopologySpreadConstraint>[];
    readonly defaultingType?: "System" | "List";
  };
  readonly VolumeBinding: { readonly bindTimeoutSeconds?: number };
}

/** The fields that the arguments of a plugin may have. */
export const argumentFields: { readonly [Name in keyof PluginArguments]: readonly (keyof PluginArguments[Name])[] } = {
  DefaultPreemption: ["minCandidateNodesPercentage", "minCandidateNodesAbsolute"],
  InterPodAffinity: ["hardPodAffinityWeight", "ignorePreferredTermsOfExistingPods"],
  NodeAffinity: ["addedAffinity"],
  NodeResourcesBalancedAllocation: ["resources"],
  NodeResourcesFit: ["ignoredResources", "ignoredResourceGroups", "scoringStrategy"],
  PodTopologySpread: ["defaultConstraints", "defaultingType"],
  VolumeBinding: ["bindTimeoutSeconds"],
};
