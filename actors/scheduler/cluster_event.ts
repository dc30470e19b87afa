import type { PersistentVolumeClaim } from "../api/kinds/persistent_volume_claim.ts";
import type { Frozen } from "../api/types.ts";
import type { NodeInfo } from "./node_info.ts";
import type { PodInfo } from "./pod_info.ts";

/**
 * What can happen in a cluster that may make a rejected pod fit.
 *
 * - `assigned-pod.*`: a pod on a node
 * - `pod.*`: the rejected pod itself
 */
export type ClusterEventKind =
  | "node.add"
  | "node.allocatable"
  | "node.labels"
  | "node.taints"
  | "node.delete"
  | "assigned-pod.add"
  | "assigned-pod.labels"
  | "assigned-pod.scale-down"
  | "assigned-pod.delete"
  | "pod.labels"
  | "pod.scale-down"
  | "pod.tolerations"
  | "pod.scheduling-gates"
  | "namespace.labels"
  | "claim.change"
  | "volume.change"
  | "storage-class.change"
  | "csi-node.change"
  | "resource-claim.change"
  | "resource-slice.change"
  | "device-class.change";

/** One such event with what it is about. */
export interface ClusterEvent {
  readonly kind: ClusterEventKind;
  readonly node?: NodeInfo;
  /** The pod it happened to, as it is now (for a deletion: as it was last). */
  readonly pod?: PodInfo;
  /** The pod as it was before an update. */
  readonly podBefore?: PodInfo;
  /** The claim that came, changed or went. */
  readonly claim?: Frozen<PersistentVolumeClaim>;
  readonly deviceClaim?: DeviceClaimChange;
}

/** What became of a claim for devices. */
export interface DeviceClaimChange {
  readonly namespace: string;
  readonly name: string;
  /** Others may have what it had. */
  readonly isFreed: boolean;
}

/** A kind of event that may help pods which a plugin rejected. */
export interface EventInterest {
  readonly on: ClusterEventKind;
  /** Whether this very event may help this very pod. Default: it may. */
  readonly helps?: (pod: PodInfo, event: ClusterEvent) => boolean;
}
