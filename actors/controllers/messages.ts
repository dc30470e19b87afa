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

/** Asks a controller how it is doing: answered with a `LoopReport`. */
export interface AskLoop extends Message {
  readonly type: "controller.report";
}

/** How a control loop is doing, since its actor has begun. */
export interface LoopReport {
  /** `standby` until its manager leads, `syncing` until it has seen all that it watches. */
  readonly state: "standby" | "syncing" | "running";
  /** Keys that wait, and that are worked on. */
  readonly queued: number;
  readonly working: number;
  /** Plans that were made, and writes that were done. */
  readonly reconciles: number;
  readonly writes: number;
  /** Why a plan failed last, and when. */
  readonly lastError?: { readonly text: string; readonly atMs: number };
}

/** Asks a manager which controllers it has: answered with a `ManagerReport`. */
export interface AskManager extends Message {
  readonly type: "manager.report";
}

/** The controllers of a manager; none while it does not lead. */
export interface ManagerReport {
  readonly leads: boolean;
  readonly loops: readonly { readonly name: string; readonly address: Address; readonly restarts: number }[];
}

/** All that a controller takes. */
export type ControllerMessage = ComponentMessage | ControllerLease | AskLoop;

/** All that a controller manager takes. */
export type ManagerMessage = ComponentMessage | ControllerHello | AskManager;

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
  /** Of its Lease in `kube-system`. Defaults as Kubernetes': 15,000, 10,000, 2,000. */
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}
