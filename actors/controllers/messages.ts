import type { Address, Message } from "../../runtime/mod.ts";
import type { ComponentMessage } from "../client/component.ts";

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

/**
 * Deliberate defects, each of one loop, that tests switch on to see them found:
 *
 * - `expectationsIgnored`: plans are made on a mirror that does not show yet what the last plan did
 * - `surgeIgnored`, `unavailableIgnored`: a rollout makes all new pods, or ends all old ones, at once
 * - `ownersByNameOnly`: garbage collection takes a namesake of an owner for the owner
 * - `absentOwnersUnverified`: garbage collection believes its mirror that an owner is gone
 * - `fullDisruptionIgnored`: nodes are given up though not one of them is heard of
 * - `deletesAtOnce`: a StatefulSet's pods are deleted without grace, so that the next one comes while the last one runs
 * - `staleEndpoints`: an endpoint that was ready once stays ready, though its pod is not any more
 */
export type ControllerDefect =
  | "expectationsIgnored"
  | "surgeIgnored"
  | "unavailableIgnored"
  | "ownersByNameOnly"
  | "absentOwnersUnverified"
  | "blockingCirclesKept"
  | "fullDisruptionIgnored"
  | "deletesAtOnce"
  | "staleEndpoints";

/** The input of one controller. */
export interface ControllerInput {
  /** The name of its loop: `replica-set`. */
  readonly loop: string;
  readonly servers: readonly Address[];
  /** Whose word lets it act: `none` for a controller by itself, `parent` for one under a manager. Default `none`. */
  readonly leads?: "none" | "parent";
  /** Deliberate defects, for tests only: see `ControllerDefect`. Default none. */
  readonly defects?: readonly string[];
}

/** The input of a controller manager. */
export interface ManagerInput {
  readonly servers: readonly Address[];
  /** Names of the loops that it runs. Default: all. */
  readonly loops?: readonly string[];
  /** Of its Lease `kube-controller-manager` in `kube-system`. Defaults as Kubernetes': 15,000, 10,000, 2,000. */
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
  /** Deliberate defects of its controllers, for tests only: see `ControllerDefect`. Default none. */
  readonly defects?: readonly string[];
}
