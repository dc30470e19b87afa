import type { Address } from "../../runtime/mod.ts";
import type { ComponentMessage } from "../client/component.ts";
import type { SchedulerConfiguration } from "./configuration/configuration.ts";

/** All that a scheduler takes. */
export type SchedulerMessage = ComponentMessage;

/** The input of a scheduler. */
export interface SchedulerInput {
  readonly servers: readonly Address[];
  /** Its profiles are schedulers of their own names. Default: one, `default-scheduler`. */
  readonly configuration?: SchedulerConfiguration;
  /** Of its Lease `kube-scheduler` in `kube-system`. Defaults as Kubernetes': 15,000, 10,000, 2,000. */
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
  /** Bindings that are under way at once. Default 100. */
  readonly bindingsMax?: number;
}
