/**
 * What kubelets and drivers of devices say to each other: the calls of Kubernetes' dra.v1 and of the registration of
 * plugins.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/kubelet/pkg/apis/dra/v1/api.proto
 */
import type { Address, Message } from "../../runtime/mod.ts";
import type { Result } from "../kit/result.ts";

/** The input of a driver. */
export interface DraDriverInput {
  /** As ResourceSlices and DeviceClasses name it: `gpu.example.com`. */
  readonly driver: string;
  readonly node: string;
  readonly apiServers: readonly Address[];
  /** The computer that the node is: it has the devices, and the files that describe them. */
  readonly computer: Address;
  /** So many devices the node has. */
  readonly devices: number;
}

/** Asks a driver whether it is there, and who it is: answered with a `DriverInfo`. */
export interface AskDriver extends Message {
  readonly type: "dra.info";
}

/** Who a driver is. */
export interface DriverInfo {
  readonly driver: string;
}

/** A claim as kubelets name it. */
export interface ClaimReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Has claims prepared on a node; one that is prepared already stays as it is. Answered with a `PrepareAnswer`. */
export interface PrepareClaims extends Message {
  readonly type: "dra.prepare";
  readonly claims: readonly ClaimReference[];
}

/** What came of each claim, by uid. */
export type PrepareAnswer = Readonly<Record<string, Result<readonly PreparedDevice[], string>>>;

/** A device that a claim has, ready for containers. */
export interface PreparedDevice {
  /** The request that it is for; of several wishes `request/wish`. */
  readonly request: string;
  readonly pool: string;
  readonly device: string;
  /** What runtimes are told. */
  readonly cdiDevices: readonly string[];
}

/** Takes claims back from a node; one that is not prepared is no error. Answered with an `UnprepareAnswer`. */
export interface UnprepareClaims extends Message {
  readonly type: "dra.unprepare";
  readonly claims: readonly ClaimReference[];
}

/** What came of each claim, by uid. */
export type UnprepareAnswer = Readonly<Record<string, Result<undefined, string>>>;

/** All that a driver takes of its kubelet. */
export type DraDriverMessage = AskDriver | PrepareClaims | UnprepareClaims;
