import type { Address } from "../../../runtime/mod.ts";
import type { Configuration } from "./configuration.ts";
import type { ConfigurationChange } from "./configuration_change.ts";

/** Puts commands into the log: here when it leads, otherwise through the leader. */
export interface ProposeRequest {
  readonly type: "propose";
  readonly commands: readonly string[];
}

/** Changes who the group is made of; only a leader takes it, one after the other. */
export interface ChangeRequest {
  readonly type: "change";
  readonly change: ConfigurationChange;
}

/** Asks up to where this replica must have applied to serve a linearizable read; `context` comes back in a `Ready`. */
export interface ReadRequest {
  readonly type: "read";
  readonly context: number;
}

/** Gives up the reads about which nobody was asked yet. */
export interface AbandonReadsRequest {
  readonly type: "abandonReads";
}

/** Hands leadership over to a voter. */
export interface TransferRequest {
  readonly type: "transfer";
  readonly to: Address;
}

/** Entries up to `index` are in a snapshot: they go from memory. */
export interface ForgetRequest {
  readonly type: "forget";
  readonly index: number;
}

/** A snapshot up to `index` is on the disk: the log's file begins anew behind it. */
export interface RewriteRequest {
  readonly type: "rewrite";
  readonly index: number;
  readonly term: number;
}

/** A snapshot up to `index` is on its way to a follower. */
export interface SnapshotBegunRequest {
  readonly type: "snapshotBegun";
  readonly to: Address;
  readonly index: number;
}

/** The snapshot that was on its way to a follower did not get there. */
export interface SnapshotFailedRequest {
  readonly type: "snapshotFailed";
  readonly to: Address;
}

/** A part of a leader's snapshot is on the disk; with `part` -1 it cannot be used, begin again. */
export interface SnapshotStoredRequest {
  readonly type: "snapshotStored";
  readonly to: Address;
  readonly index: number;
  readonly part: number;
}

/** All parts of a leader's snapshot are on the disk, and in use: the log goes on behind it. */
export interface SnapshotRestoredRequest {
  readonly type: "snapshotRestored";
  readonly to: Address;
  readonly index: number;
  readonly term: number;
  readonly part: number;
  readonly configuration: Configuration;
}

/** Begins the way back of a replica that has lost its disk; it goes on with `cleared` and `rejoined`: see `rejoin.ts`. */
export interface RejoinRequest {
  readonly type: "rejoin" | "cleared" | "rejoined";
}

/** What a replica's own shell may ask of it. */
export type RaftRequest =
  | ProposeRequest
  | ChangeRequest
  | ReadRequest
  | AbandonReadsRequest
  | TransferRequest
  | ForgetRequest
  | RewriteRequest
  | SnapshotBegunRequest
  | SnapshotFailedRequest
  | SnapshotStoredRequest
  | SnapshotRestoredRequest
  | RejoinRequest;

/** Why a request was not taken; nothing was done. */
export interface Refusal {
  readonly why: string;
}
