import type { Step } from "../../runtime/mod.ts";
import { type Compaction, createCompaction } from "./auto_compaction.ts";
import { encodeCommand } from "./keyspace/command.ts";
import { createKeyspace, type Keyspace } from "./keyspace/keyspace.ts";
import { createLeaseClock, type LeaseClock } from "./lease_clock.ts";
import { createWal, type Wal } from "./log/wal.ts";
import { clusterDefault, type Member } from "./member.ts";
import type { MemberAsks } from "./members.ts";
import type { AutoCompaction, StoreInput } from "./messages.ts";
import { noConfiguration } from "./raft/configuration.ts";
import { core } from "./raft/core.ts";
import { createLog } from "./raft/log.ts";
import type { Raft, RaftStart } from "./raft/raft.ts";
import type { Recovery } from "./recovery.ts";
import type { Rejoin } from "./rejoin.ts";
import { createRequests, type Requests } from "./requests.ts";
import { createSnapshots, type Snapshots } from "./snapshot/snapshots.ts";
import { createSpace, type Space } from "./space.ts";
import { createWatches, type Watches } from "./watch/watches.ts";

/** What a replica of Raft has from its input, and what it has from its disk. */
export type RaftIdentity = Omit<RaftStart, keyof RaftMemory>;
type RaftMemory = Pick<RaftStart, "term" | "vote" | "commitIndex" | "log" | "configuration">;

/** All that a replica knows. */
export interface StoreData {
  /** Where Raft begins, but for what is on the disk. */
  readonly start: RaftIdentity;
  /** What its disk must say that it is. */
  readonly member: Member;
  /** Its own place among those it was started with. */
  readonly place: number;
  /** Names this life among all, also those of former processes. */
  readonly life: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly snapshotEntries: number;
  /** Undefined: as parts mostly are. */
  readonly snapshotPartLength: number | undefined;
  /** What it says as a leader; what holds is in the keyspace. */
  readonly quotaBytes: number;
  /** While what is on the disk is read. */
  recovery: Recovery | undefined;
  /** While its disk is not a member's: see `rejoin.ts`. */
  rejoin: Rejoin | undefined;
  /** Also what observers look at: a `RaftView`. */
  raft: Raft;
  wal: Wal;
  keyspace: Keyspace;
  readonly requests: Requests;
  readonly watches: Watches;
  readonly snapshots: Snapshots;
  space: Space;
  /** When Raft's timer comes, in uptime; undefined while there is none. */
  tickMs: number | undefined;
  /** Since when no leader is known, in uptime; undefined while one is. */
  leaderlessSinceMs: number | undefined;
  /** Members say that it is none, and no leader has said otherwise since. */
  isToldRemoved: boolean;
  isProgressTimed: boolean;
  leaseClock: LeaseClock;
  readonly autoCompaction: AutoCompaction | undefined;
  compaction: Compaction;
  readonly memberAsks: MemberAsks;
}

const quotaBytesDefault = 2 * 1024 ** 3;

/** How a replica begins: it knows nothing until it has read its disk. */
export function createStoreData(input: StoreInput, step: Step): StoreData {
  const { members, cluster = clusterDefault, heartbeatMs = 100, electionMs = 1_000, snapshotEntries = 10_000 } = input;
  const { quotaBytes = quotaBytesDefault, snapshotPartLength } = input;
  const place = members.indexOf(step.self);
  if (place < 0) {
    throw new Error(`Cannot start store replica "${step.self}": it is not one of its members ${members.join(", ")}`);
  }
  const life = `${step.self} ${step.nowMs}.${step.incarnation}`;
  const beginCommand = encodeCommand({ kind: "begin", quotaBytes });
  const start = { self: step.self, life, heartbeatMs, electionMs, founders: members, beginCommand };
  const nothing = { term: 0, vote: "", commitIndex: 0, log: createLog(0, 0), configuration: noConfiguration };
  return {
    ...{ start, place, life, heartbeatMs, electionMs, snapshotEntries, snapshotPartLength, quotaBytes },
    member: { cluster, self: step.self },
    // Not yet asked for, but under way: under XState's own `createActor` guards come before the first entry actions.
    recovery: { ask: 0, reading: "member", manifest: undefined, reader: undefined, part: 0, length: 0 },
    rejoin: undefined,
    raft: core.create({ ...start, ...nothing }, step),
    wal: createWal(0),
    keyspace: createKeyspace(),
    requests: createRequests(),
    watches: createWatches(),
    snapshots: createSnapshots(),
    space: createSpace(),
    tickMs: undefined,
    leaderlessSinceMs: step.uptimeMs,
    isToldRemoved: false,
    isProgressTimed: false,
    leaseClock: createLeaseClock(),
    autoCompaction: input.autoCompaction,
    compaction: createCompaction(),
    memberAsks: new Map(),
  };
}
