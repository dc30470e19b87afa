import type { Address, Message } from "../../runtime/mod.ts";

/** One key with its history's ends, as etcd's mvccpb.KeyValue. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  /** Whoever asked would store it in another way today. Default: it would not. */
  readonly isStale?: true;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** The lease that it ends with. Absent: none. */
  readonly lease?: LeaseId;
}

/** A lease's number as etcd's, of 64 bits with a sign: as text, as JSON's numbers are not that exact. */
export type LeaseId = string;

/** A condition of a transaction; `equal` on a revision or version of 0 means "the key is not there". */
export interface Compare {
  readonly key: string;
  /** It must hold of each key in [key, end) that is there; where none is, of a key that is not there. */
  readonly end?: string;
  /** `value` of a `lease` is its id, "0" for none. */
  readonly target: "mod" | "create" | "version" | "value" | "lease";
  readonly result: "equal" | "greater" | "less" | "notEqual";
  readonly value: number | string;
}

/** What a transaction does when its compares hold, or when they do not. */
export type Operation =
  | PutOperation
  | { readonly op: "delete"; readonly key: string; readonly end?: string }
  | { readonly op: "range"; readonly key: string; readonly end?: string; readonly revision?: number }
  | NestedTxn;

/** Writes a key. */
export interface PutOperation {
  readonly op: "put";
  readonly key: string;
  readonly value: string;
  /** Default: none. */
  readonly lease?: LeaseId;
  /** Keeps the value, or the lease, that the key has; it must be there. */
  readonly keep?: "value" | "lease" | "both";
  /** Whether what the key was comes with the result. */
  readonly previous?: boolean;
}

/** A transaction in a transaction: what was done before is seen by its operations, not by its compares. */
export interface NestedTxn {
  readonly op: "txn";
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

/** What came of an operation. */
export type OperationResult =
  | { readonly op: "put"; readonly previous?: KeyValue }
  | { readonly op: "delete"; readonly deleted: readonly KeyValue[] }
  | { readonly op: "range"; readonly kvs: readonly KeyValue[] }
  | { readonly op: "txn"; readonly succeeded: boolean; readonly results: readonly OperationResult[] };

/** Keys in [key, end); without `end` that one key. `"\0"` as `end` is the end of all keys. */
export interface RangeRequest extends Message {
  readonly type: "store.range";
  readonly key: string;
  readonly end?: string;
  /** Absent: the newest. */
  readonly revision?: number;
  /** Default: no limit. With one, an answer of several megabytes ends earlier, and says that there is more. */
  readonly limit?: number;
  readonly countOnly?: boolean;
  /** Answers from this replica as it is, without asking the leader: may be stale. */
  readonly serializable?: boolean;
}

/** Compare-and-set: atomic, at one revision. */
export interface TxnRequest extends Message {
  readonly type: "store.txn";
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

/** Forgets what is older than `revision`; its newest state stays readable. */
export interface CompactRequest extends Message {
  readonly type: "store.compact";
  readonly revision: number;
}

/** Grants a lease, ends it with all its keys, or has it begin anew. */
export interface LeaseRequest extends Message {
  readonly type: "store.lease";
  readonly action: "grant" | "revoke" | "renew";
  readonly id: LeaseId;
  /** A grant's. */
  readonly ttlSeconds?: number;
}

/** What leases there are; `id` asks for that one. */
export interface LeasesRequest extends Message {
  readonly type: "store.leases";
  readonly id?: LeaseId;
}

/**
 * Changes who the group is made of, or who leads it: whoever is added begins as a learner, which has no vote until it is
 * promoted; leadership is transferred to a voter. Only the leader takes it, and answers when it is so; a transfer, when
 * it is under way.
 */
export interface MemberRequest extends Message {
  readonly type: "store.member";
  readonly action: "add" | "promote" | "remove" | "transfer";
  readonly id: Address;
}

/** What a replica knows of itself and its group. */
export interface StatusRequest extends Message {
  readonly type: "store.status";
}

/**
 * Opens a watch on [key, end) from `startRevision` (0: from now). The answer is a `WatchOpened` or a `StoreError`
 * (`compacted` when history before `startRevision` is gone). Events then come as `store.events`.
 */
export interface WatchRequest extends Message {
  readonly type: "store.watch";
  /** The watcher's own name for it. */
  readonly watch: number;
  readonly key: string;
  readonly end?: string;
  readonly startRevision: number;
  /** Also send the value that an event replaced. */
  readonly previous?: boolean;
}

/** Ends a watch. */
export interface UnwatchRequest extends Message {
  readonly type: "store.unwatch";
  readonly watch: number;
}

/** Asks all watches of this watcher to be told the current revision once everything up to it was delivered. */
export interface ProgressRequest extends Message {
  readonly type: "store.progress";
}

export type StoreRequest =
  | RangeRequest
  | TxnRequest
  | CompactRequest
  | LeaseRequest
  | LeasesRequest
  | MemberRequest
  | StatusRequest
  | WatchRequest
  | UnwatchRequest
  | ProgressRequest;

export interface RangeAnswer {
  readonly type: "store.range.ok";
  readonly revision: number;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

export interface TxnAnswer {
  readonly type: "store.txn.ok";
  readonly revision: number;
  readonly succeeded: boolean;
  readonly results: readonly OperationResult[];
}

export interface CompactAnswer {
  readonly type: "store.compact.ok";
  readonly revision: number;
}

/** A lease was granted, renewed or ended. */
export interface LeaseAnswer {
  readonly type: "store.lease.ok";
  readonly revision: number;
  readonly id: LeaseId;
  /** What it was granted for; 0 when it was ended, or was to be renewed and is not there. */
  readonly ttlSeconds: number;
}

/** A lease as it is. */
export interface LeaseState {
  readonly id: LeaseId;
  readonly grantedSeconds: number;
  /** What is left. */
  readonly ttlSeconds: number;
  /** In order. */
  readonly keys: readonly string[];
}

export interface LeasesAnswer {
  readonly type: "store.leases.ok";
  readonly revision: number;
  /** Those that end first come first. */
  readonly leases: readonly LeaseState[];
}

/** One of the group. */
export interface MemberState {
  readonly id: Address;
  /** It gets the log and has no vote. */
  readonly isLearner: boolean;
}

export interface MemberAnswer {
  readonly type: "store.member.ok";
  readonly revision: number;
  readonly members: readonly MemberState[];
}

export interface StatusAnswer {
  readonly type: "store.status.ok";
  readonly self: Address;
  readonly leader: Address | undefined;
  readonly term: number;
  /** The last entry of its log, and the last one that it has applied. */
  readonly lastIndex: number;
  readonly appliedIndex: number;
  readonly revision: number;
  readonly compactedRevision: number;
  /** Who the group is made of, as far as it knows. */
  readonly members: readonly MemberState[];
  /** Why the replica neither votes nor counts: its disk is lost, or damaged. Absent: it is a member like the others. */
  readonly rebuilding?: string;
  readonly quotaBytes: number;
  /** What its versions take: the newest ones, and those that only history shows. */
  readonly liveBytes: number;
  readonly historyBytes: number;
  /** As etcd's: a write was refused for want of space, and there is still little. */
  readonly alarms: readonly "NOSPACE"[];
}

export interface WatchOpened {
  readonly type: "store.watch.ok";
  readonly watch: number;
  readonly revision: number;
}

/**
 * The store could not do it.
 *
 * - `unavailable`: no leader or no majority; it was not done
 * - `timeout`: it may or may not have been done
 * - `compacted`, `future`: the revision asked for is gone, or not there yet
 * - `noSpace`: the quota is reached, and deletes are still taken, or the disk is full; it was not done
 * - `refused`: the group must not be changed like that, or not now; it was not done
 * - `noLease`, `leaseExists`, `noKey`: the lease or key that it needs is not there, or the lease that it makes is
 */
export interface StoreError {
  readonly type: "store.error";
  readonly code: StoreErrorCode;
  readonly message: string;
  /** With `compacted`: the oldest revision that can be read. */
  readonly compactRevision?: number;
}

/** Why the store could not do something: see `StoreError`. */
export type StoreErrorCode =
  | "unavailable"
  /** Never the store's own: who asked cannot open what it has stored. */
  | "sealed"
  | "timeout"
  | "compacted"
  | "future"
  | "tooLarge"
  | "noSpace"
  | "refused"
  | "noLease"
  | "leaseExists"
  | "noKey";

export type StoreAnswer =
  | RangeAnswer
  | TxnAnswer
  | CompactAnswer
  | LeaseAnswer
  | LeasesAnswer
  | MemberAnswer
  | StatusAnswer
  | WatchOpened
  | StoreError;

/** One change of one key. */
export interface StoreEvent {
  readonly type: "put" | "delete";
  /** For a delete: the key, its `modRevision` is that of the delete, its value is empty. */
  readonly kv: KeyValue;
  readonly previous?: KeyValue;
}

/**
 * A piece of a watch. `sequence` counts from 1 without gaps: a watcher that sees a gap has lost mail and opens its
 * watch again. All events of one revision are in one message. Empty `events` say progress: everything up to and
 * including `revision` was delivered; replicas send this when asked and every few seconds.
 */
export interface StoreEvents extends Message {
  readonly type: "store.events";
  readonly watch: number;
  readonly sequence: number;
  readonly revision: number;
  readonly events: readonly StoreEvent[];
}

/**
 * The watch is over: its replica can not go on with it. Told a few times, as the news may be lost.
 *
 * - `compacted`: the history between what was delivered and what is there now is gone
 * - `slow`: the watcher's mailbox was full
 * - `unavailable`: the replica has known no leader for long: watch another replica
 */
export interface StoreWatchCancelled extends Message {
  readonly type: "store.watch.cancelled";
  readonly watch: number;
  readonly reason: "compacted" | "slow" | "unavailable";
  readonly compactRevision: number;
}

/** The input of a store replica. */
export interface StoreInput {
  /** All replicas of the group, this one included, in one order for all. */
  readonly members: readonly Address[];
  /** Tells clusters apart: a disk of another cluster is not taken for this replica's. Default `default`. */
  readonly cluster?: string;
  /** Default 100 and 1,000, as etcd's. */
  readonly heartbeatMs?: number;
  readonly electionMs?: number;
  /** How many entries the log grows by before a snapshot is written. Default 10,000. */
  readonly snapshotEntries?: number;
  /** How many characters a part of a snapshot has, about: each is written, and sent, by itself. Default 1 Mi. */
  readonly snapshotPartLength?: number;
  /** How many bytes of objects and their history it holds. Default 2 GiB, as etcd's. */
  readonly quotaBytes?: number;
  /** How much history it keeps of itself. Default: all, until somebody compacts it or the quota needs room. */
  readonly autoCompaction?: AutoCompaction;
}

/** How much history a group keeps when it compacts by itself; of both, whatever keeps more. */
export interface AutoCompaction {
  /** The last so many revisions. */
  readonly revisions?: number;
  /** What was written in so long. */
  readonly ageMs?: number;
}
