import type { Address, Message } from "../../runtime/mod.ts";
import type { FeatureGates } from "../api/feature_gates.ts";
import type { VolumeSize } from "../computer/messages.ts";

/** The input of a kubelet. */
export interface KubeletInput {
  /** The node's name. */
  readonly node: string;
  /** The machine that bears the name now: its ids are told in the node's status. Default: only one ever bears it. */
  readonly machine?: string;
  readonly apiServers: readonly Address[];
  /** The computer that this node is: it has the containers and the network. */
  readonly computer: Address;
  /** The ranges of its pods' IPs, one or one of each family: `10.244.3.0/24`, `10.244.3.0/24,fd00:10:244:3::/64`. */
  readonly podCidr: string;
  /** The node's own IP, or one of each family, with a comma: the first leads. Default 192.168.0.1. */
  readonly hostIp?: string;
  /** Whom pods ask for names. Default 10.96.0.10. */
  readonly clusterDns?: string;
  /** Where pods find the API. Default 10.96.0.1. */
  readonly apiServiceIp?: string;
  /** Added to the labels that every kubelet sets: zone, region, instance type, role. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Registers the node with these taints. */
  readonly taints?: readonly NodeTaint[];
  /** `external`: what the node is and where, somebody says who knows its provider. Default: nobody does. */
  readonly cloudProvider?: "external";
  /** Whether its CSINode is there whatever drivers it has, and tells of the cluster's own, too. Default false. */
  readonly hasCsiNode?: boolean;
  /** The driver of the volumes that can be attached to its machine. Default: there are none that have to be counted. */
  readonly volumeDriver?: VolumeDriver;
  /** Quantities by resource. Default: 4 cpu, 8Gi memory, 100Gi ephemeral-storage, 110 pods. */
  readonly capacity?: Readonly<Record<string, string>>;
  /** Default: all of the capacity. */
  readonly allocatable?: Readonly<Record<string, string>>;
  /**
   * What has to be left of what the node has, or pods are evicted: a quantity, or hundredths (`10%`), by the kubelet's
   * `evictionHard` signals. Default, for each that is not named: memory.available 100Mi, nodefs.available 10%,
   * imagefs.available 15%, nodefs.inodesFree and imagefs.inodesFree 5%; pid.available is not looked at.
   */
  readonly evictionHard?: Readonly<Record<string, string>>;
  /** Default 10,000. */
  readonly leaseRenewMs?: number;
  /** The status is written at least so often. Default 300,000. */
  readonly statusReportMs?: number;
  /** Whether it looks for manifests of pods that it runs by itself. Default false. */
  readonly hasManifests?: boolean;
  /** Where drivers of devices may be: the sockets that it looks for them at. Default: nowhere. */
  readonly drivers?: readonly Address[];
  /** Features that are on though Kubernetes has them off. Default: none. */
  readonly featureGates?: FeatureGates;
  /** So often the runtime is asked whether it is there. Default: never, what is played is there as long as its computer. */
  readonly runtimeCheckMs?: number;
}

/** A driver of volumes, as a node tells of it in its CSINode. */
export interface VolumeDriver {
  readonly name: string;
  /** The labels of nodes that say which volumes they can have. */
  readonly topologyKeys: readonly string[];
  /** So many of its volumes can be attached. */
  readonly attachMax: number;
}

/** Asks a kubelet what its pods use: answered with a `NodeUsage`, or not at all while its computer does not say. */
export interface AskUsage extends Message {
  readonly type: "kubelet.usage";
  /** Whether their volumes are measured, too. Default false. */
  readonly isWithVolumes?: boolean;
}

/** Asks a kubelet which pods it has, whoever wants them: answered with `KubeletPods`. */
export interface AskPods extends Message {
  readonly type: "kubelet.pods";
}

/** The pods of a node, as its kubelet's `/pods` shows them. */
export interface KubeletPods {
  /** A PodList as JSON. */
  readonly list: string;
  /** Where it looks for manifests. Default: it looks for none. */
  readonly staticPodPath?: string;
}

/** What the pods of a node use, as a kubelet's `/stats/summary` says it. */
export interface NodeUsage {
  readonly pods: readonly PodUsage[];
  /** Default: nobody has asked for volumes. */
  readonly disk?: NodeDisk;
}

/** So many processes a node has at most, as Linux has it for up to 32 processors. */
export const processesMax = 32_768;

/** A node's disk, which has its images as well as all that its pods write. */
export interface NodeDisk {
  readonly capacityBytes: number;
  /** Of everything. */
  readonly usedBytes: number;
  readonly imagesBytes: number;
  readonly capacityNodes: number;
  /** A folder, a file and a link take a node each; those of images are not counted. */
  readonly usedNodes: number;
}

/** What a pod uses. */
export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** When its node began with it, on the wall clock. */
  readonly startedAtMs: number;
  readonly containers: readonly ContainerUsage[];
  /** Those that can be measured, those that go with the pod first. Default: nobody has asked for them. */
  readonly volumes?: readonly VolumeUsage[];
}

/** A volume of a pod, and what is in it. */
export interface VolumeUsage extends VolumeSize {
  readonly name: string;
  /** The claim that it is, in the pod's namespace. Default: none. */
  readonly claim?: string;
  /** It is on the node's own disk, and goes with the pod. */
  readonly isLocal: boolean;
}

/** What a container uses. */
export interface ContainerUsage {
  readonly name: string;
  /** The runtime's, without what it is of. */
  readonly id: string;
  readonly image: string;
  /** On the wall clock. */
  readonly startedAtMs: number;
  /** How many of its probes came to what, since its pod is there: `Readiness failed` by its count. */
  readonly probed: Readonly<Record<string, number>>;
  /** Milliseconds of one processor since its start. */
  readonly cpuMs: number;
  /** Thousandths of a processor over the last `windowMs`; absent where it is too young to say. */
  readonly cpuMillis?: number;
  readonly windowMs?: number;
  readonly memoryBytes: number;
  readonly processes: number;
  /** What it has written to files of its own, beside those of its image. */
  readonly writtenBytes: number;
  /** How many files, folders and links these are. */
  readonly writtenNodes: number;
  /** What of its log is kept. */
  readonly loggedBytes: number;
}

/** A taint that a node is registered with. */
export interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** How much of the disk of its node a pod takes, as its `ephemeral-storage` says it: its volumes that are there, files, logs. */
export function localUsage({ containers, volumes = [] }: Pick<PodUsage, "containers" | "volumes">) {
  const local = volumes.filter(({ isLocal }) => isLocal);
  const bytes = containers.reduce((sum, each) => sum + each.writtenBytes + each.loggedBytes, 0);
  // A log is a file.
  const nodes = containers.reduce((sum, each) => sum + each.writtenNodes + 1, 0);
  return {
    bytes: local.reduce((sum, { usedBytes }) => sum + usedBytes, bytes),
    nodes: local.reduce((sum, { usedNodes }) => sum + usedNodes, nodes),
  };
}
