import type { Address, Message } from "../../runtime/mod.ts";
import type { ComponentMessage } from "../client/component.ts";
import type { LoopSettings } from "./loop.ts";

/** A controller asks its manager whether it may act. */
export interface ControllerHello extends Message {
  readonly type: "controller.hello";
}

/** A manager tells its controllers, after each renewal of its own lease, for how long they may act. */
export interface ControllerLease extends Message {
  readonly type: "controller.lease";
  readonly forMs: number;
}

/** All that a controller takes. */
export type ControllerMessage = ComponentMessage | ControllerLease;

/** All that a controller manager takes. */
export type ManagerMessage = ComponentMessage | ControllerHello;

/** The input of one controller. */
export interface ControllerInput {
  /** The name of its loop: `replica-set`. */
  readonly loop: string;
  readonly servers: readonly Address[];
  /** Whose word lets it act: `none` for a controller by itself, `parent` for one under a manager. Default `none`. */
  readonly leads?: "none" | "parent";
  /** Default: none. */
  readonly settings?: LoopSettings;
}

/** The input of a controller manager. */
export interface ManagerInput {
  readonly servers: readonly Address[];
  /** Names of the loops that it runs. Default: all. */
  readonly loops?: readonly string[];
  /** Told to all of them. Default: none. */
  readonly settings?: LoopSettings;
  /** Of its Lease `kube-controller-manager` in `kube-system`. Defaults as Kubernetes': 15,000, 10,000, 2,000. */
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}
