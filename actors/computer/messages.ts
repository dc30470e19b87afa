import type { Address } from "../../runtime/mod.ts";
import type { Pod } from "../api/types.ts";
import type {
  CriFailure,
  CriPush,
  CriRequest,
  LogPush,
  LogRequest,
  MemoryPush,
  ProbeKind,
  ProcessPush,
  SocketPush,
} from "../cri/messages.ts";
import type { Result } from "../kit/result.ts";
import type { DataplaneRequest, NodeSettings, ServicePortRule } from "../kube_proxy/messages.ts";
import type { Datagram, DatagramPush } from "../network/datagram.ts";
import type { Packet } from "../network/packet.ts";
import type { Route } from "../network/routes.ts";
import type { StreamMessage } from "../network/streams.ts";

/** The input of a computer. */
export interface ComputerInput {
  /** The name of its node. */
  readonly node: string;
  /** The node's own IPs, one of each of its families. */
  readonly nodeIps: readonly string[];
  /** The kubelet that is told what containers do by themselves. */
  readonly kubelet: Address;
  /** The kube-proxy that listens on ports of this node. Default: none does. */
  readonly kubeProxy?: Address;
  /** Who answers in the kubelet's name at its port 10250. Default: nobody does. */
  readonly kubeletServers?: readonly Address[];
  /** Where other computers are. */
  readonly routes: readonly Route[];
  /** What answers at an address that no computer has: the DNS server, by IP. */
  readonly hosts: Readonly<Record<string, Address>>;
  /** Pods may have addresses that are in no node's range: those of a real runtime. Default false. */
  readonly hasRealPods?: boolean;
}

/** A call of the CRI: asked by the kubelet, answered with the runtime's `CriAnswer`. */
export interface CriCall {
  readonly type: "cri.call";
  readonly request: CriRequest;
}

/** Reads or follows the log of a container: asked by the kubelet, answered with a `LogAnswer`. */
export interface LogCall {
  readonly type: "log.call";
  readonly request: LogRequest;
}

/**
 * What is asked of a computer for the volumes of its pods: they are folders of its disk, and no call of the CRI makes
 * them. What a computer has of them outlives its kubelet.
 */
export type VolumeRequest =
  /** Brings the volumes of a pod, which are all below its folder, to what is ordered; what is there already stays. */
  | {
      readonly op: "PrepareVolumes";
      readonly folder: string;
      readonly volumes: readonly VolumeOrder[];
      /** What runs the pod. Default: whatever runs pods that name no RuntimeClass. */
      readonly runtimeHandler?: string;
    }
  /** All that was prepared in a folder is gone. */
  | { readonly op: "RemoveVolumes"; readonly folder: string }
  /** How much is in the volumes of a folder. */
  | { readonly op: "MeasureVolumes"; readonly folder: string };

/** Asks in which folders there are volumes: of pods that nobody remembers, too. */
export interface ListVolumes {
  readonly op: "ListVolumes";
}

/**
 * What those who run on a node itself (its kubelet, drivers of devices) do with files of its own disk: it outlives them.
 * Data is bytes, a character each (latin1).
 */
export type FileRequest =
  /** Puts a file there, in place of what was there; folders on the way are made. */
  | { readonly op: "WriteFile"; readonly path: string; readonly data: string }
  /** None is there afterwards. */
  | { readonly op: "RemoveFile"; readonly path: string }
  /** All files of a folder, without those of folders in it. */
  | { readonly op: "ReadFiles"; readonly folder: string };

/** The files of a folder by their names; none where there is no such folder. */
export type FilesAnswer = Result<Readonly<Record<string, string>>, CriFailure>;

/** What a volume is to be, and where it is put. */
export type VolumeOrder = { readonly path: string } & (
  | { readonly kind: "empty"; readonly bytesMax?: number; readonly isInMemory?: boolean }
  /** These files and no others: processes see either all of the old ones or all of the new ones, and write none. */
  | { readonly kind: "files"; readonly files: readonly VolumeFile[] }
  /** What the computer has at that path, when it is of that type (`Directory`, `FileOrCreate`, ... or empty). */
  | { readonly kind: "host"; readonly type: string }
  /** The data of a volume that belongs to no computer: what others write to it is seen here, too. */
  | { readonly kind: "disk"; readonly driver: string; readonly volume: string; readonly bytesMax: number }
);

/** A file of a volume; data is bytes, a character each (latin1). */
export interface VolumeFile {
  readonly path: string;
  readonly data: string;
  readonly mode: number;
  /** Whose it is. Default: root's. */
  readonly uid?: number;
}

/** Fails when one of the volumes cannot be made. */
export type VolumeAnswer = Result<undefined, CriFailure>;

/** The folders that have volumes. */
export type FoldersAnswer = Result<readonly string[], CriFailure>;

/** How large a volume is, and what is in it; a folder, a file and a link take a node each. */
export interface VolumeSize {
  readonly usedBytes: number;
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly usedNodes: number;
  readonly capacityNodes: number;
  readonly availableNodes: number;
}

/** The size of each volume, by its path; what is of the computer's own disk is left out. */
export type MeasureAnswer = Result<Readonly<Record<string, VolumeSize>>, CriFailure>;

/**
 * Makes or removes volumes of a pod, measures them, lists whose there are, or does something with files: asked by who
 * runs on the node, answered with a `VolumeAnswer`, a `MeasureAnswer`, a `FoldersAnswer` or a `FilesAnswer`.
 */
export interface VolumeCall {
  readonly type: "volume.call";
  readonly request: VolumeRequest | ListVolumes | FileRequest;
}

/** Reads the manifests of the pods that a node runs by itself: asked by the kubelet, answered with a `ManifestsAnswer`. */
export interface ManifestsRead {
  readonly type: "manifests.read";
}

/** Tells the kubelet that the manifests may be others now. */
export interface ManifestsPush {
  readonly type: "manifests.changed";
}

/** What a computer asks of its device `manifests`, which answers with a `ManifestsAnswer`, and pushes a `ManifestsPush`. */
export interface ReadManifests {
  readonly op: "ReadManifests";
  readonly node: string;
}

/** A file of a node's folder of manifests. */
export interface Manifest {
  /** Its name, without the folder. */
  readonly file: string;
  /** Where it is found by who can put it right. */
  readonly path: string;
  /** The pod that it is of, or why it is of none. */
  readonly pod: Result<Pod, string>;
}

/** The files in order of their names, none where there is no folder; fails when the folder cannot be read. */
export type ManifestsAnswer = Result<readonly Manifest[], string>;

/** Rules of the node's kube-proxy: asked, answered with a `DataplaneAnswer`. */
export interface DataplaneApply {
  readonly type: "dataplane.apply";
  readonly request: DataplaneRequest;
}

/** Asks for the rules in force: answered with `DataplaneRules`. */
export interface DataplaneRead {
  readonly type: "dataplane.read";
}

/** The rules in force on a computer. */
export interface DataplaneRules {
  readonly generation: number;
  readonly settings: NodeSettings;
  readonly rules: readonly ServicePortRule[];
}

/** Which probe of which container a question is: a container that is played answers it by its catalogue. */
export interface ProbeMark {
  readonly container: string;
  readonly kind: ProbeKind;
}

/** An HTTP request by the node itself, of a probe or a hook: asked, answered with a `HostHttpAnswer`. */
export interface HostGet {
  readonly type: "host.get";
  /** Default: it is no probe. */
  readonly probe?: ProbeMark;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly timeoutMs: number;
}

/** A TCP or gRPC probe by the node itself: asked, answered with a `HostDialAnswer`. */
export interface HostDial {
  readonly type: "host.dial";
  /** It asks for the health of this service. Default: it is enough that somebody listens. */
  readonly grpcService?: string;
  /** Default: it is no probe. */
  readonly probe?: ProbeMark;
  readonly ip: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** `message` is Go's, as a kubelet tells it: `dial tcp 10.244.0.5:80: connect: connection refused`. */
export type HostDialAnswer = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** All that a computer takes. */
export type ComputerMessage =
  | CriCall
  | LogCall
  | VolumeCall
  | CriPush
  | LogPush
  | MemoryPush
  | ManifestsRead
  | ManifestsPush
  | DataplaneApply
  | DataplaneRead
  | HostGet
  | HostDial
  | Packet
  | Datagram
  | DatagramPush
  | SocketPush
  | ProcessPush
  | StreamMessage;
