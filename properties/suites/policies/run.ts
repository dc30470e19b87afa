import type { SuiteRun } from "../../engine/suite.ts";
import type { ModelDeed, ModelLapse } from "../model/messages.ts";

/** A run of whole nodes (kubelets, kube-proxies, computers) before a modelled API, as data. */
export interface PoliciesRun extends SuiteRun {
  readonly suite: "policies";
  readonly workload: readonly ModelDeed[];
  readonly lapses: readonly ModelLapse[];
  /** How many nodes there are. */
  readonly nodes: number;
}
