import type { Address, Step } from "../../runtime/mod.ts";
import { createDefects, type Defects } from "./defects.ts";
import { createKeyspace, type Keyspace } from "./keyspace/keyspace.ts";
import { createWal, type Wal } from "./log/wal.ts";
import { clusterDefault, type Member } from "./member.ts";
import type { StoreInput } from "./messages.ts";
import { createLog } from "./raft/log.ts";
import { createRaft, type Raft } from "./raft/raft.ts";
import type { Recovery } from "./recovery.ts";
import type { Rejoin } from "./rejoin.ts";
import { createRequests, type Requests } from "./requests.ts";
import { createSnapshots, type Snapshots } from "./snapshot/snapshots.ts";
import { createSpace, type Space } from "./space.ts";
import { createWatches, type Watches } from "./watch/watches.ts";

/** All that a replica knows. */
export interface StoreData {
  readonly members: readonly Address[];
  /** What its disk must say that it is. */
  readonly member: Member;
  /** Its own place among the members. */
  readonly place: number;
  /** Names this life among all, also those of former processes. */
  readonly life: string;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly snapshotEntries: number;
  /** What it says as a leader; what holds is in the keyspace. */
  readonly quotaBytes: number;
  readonly defects: Defects;
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
  /** Since when no leader is known, in uptime; undefined while one is. */
  leaderlessSinceMs: number | undefined;
  isProgressTimed: boolean;
}

const quotaBytesDefault = 2 * 1024 ** 3;

/** How a replica begins: it knows nothing until it has read its disk. */
export function createStoreData(input: StoreInput, step: Step): StoreData {
  const { members, cluster = clusterDefault, heartbeatMs = 100, electionMs = 1_000, snapshotEntries = 10_000 } = input;
  const { quotaBytes = quotaBytesDefault } = input;
  const place = members.indexOf(step.self);
  if (place < 0) {
    throw new Error(`Cannot start store replica "${step.self}": it is not one of its members ${members.join(", ")}`);
  }
  const defects = createDefects(input.defects);
  const nothing = { term: 0, vote: "", commitIndex: 0, log: createLog(0, 0) };
  return {
    ...{ members, place, heartbeatMs, electionMs, snapshotEntries, quotaBytes, defects },
    member: { cluster, self: step.self },
    life: `${step.nowMs}.${step.incarnation}`,
    // Not yet asked for, but under way: under XState's own `createActor` guards come before the first entry actions.
    recovery: { ask: 0, reading: "member", manifest: undefined, reader: undefined, part: 0, length: 0 },
    rejoin: undefined,
    raft: createRaft({ self: step.self, members, heartbeatMs, electionMs, defects, ...nothing }, step),
    wal: createWal(0),
    keyspace: createKeyspace(),
    requests: createRequests(),
    watches: createWatches(),
    snapshots: createSnapshots(),
    space: createSpace(),
    leaderlessSinceMs: step.uptimeMs,
    isProgressTimed: false,
  };
}
