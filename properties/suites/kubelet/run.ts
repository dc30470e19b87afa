import type { CriName } from "../../../actors/cri/messages.ts";
import type { Address } from "../../../runtime/mod.ts";
import type { SuiteRun } from "../../engine/suite.ts";
import type { ModelDeed, ModelLapse, ModelRefusal } from "../model/messages.ts";
import type { ManifestDeed } from "./manifests.ts";

/** A call of the container runtime that fails before anything is done: the `nth` of that name on any node. */
export interface CallFailure {
  readonly op: Extract<
    CriName,
    | "CreateContainer"
    | "ImageStatus"
    | "PullImage"
    | "RunPodSandbox"
    | "StartContainer"
    | "StopContainer"
    | "StopPodSandbox"
  >;
  readonly nth: number;
}

/** A run of kubelets, each with its computer, before a modelled API, as data. */
export interface KubeletRun extends SuiteRun {
  readonly suite: "kubelet";
  readonly workload: readonly ModelDeed[];
  readonly lapses: readonly ModelLapse[];
  readonly refusals: readonly ModelRefusal[];
  readonly failures: readonly CallFailure[];
  /** What becomes of manifests. Absent: no kubelet looks for any. */
  readonly manifests?: readonly ManifestDeed[];
  /** How many nodes there are. */
  readonly nodes: number;
}

/** The name of a node. */
export const nodeNameOf = (index: number): string => `node-${index}`;
/** The addresses of a node's kubelet and of its computer. */
export const kubeletAddress = (node: string): Address => `kubelet/${node}`;
export const computerAddress = (node: string): Address => `computer/${node}`;
/** The node that a computer is. */
export const nodeOfComputer = (address: Address): string => address.slice("computer/".length);
