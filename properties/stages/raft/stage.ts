import { everyone } from "../../../actors/store/raft/configuration.ts";
import { core, type Ready } from "../../../actors/store/raft/core.ts";
import { commandText, type Entry, isChangeEntry } from "../../../actors/store/raft/entry.ts";
import { foundedBy } from "../../../actors/store/raft/founding.ts";
import { lastIndex, termAt } from "../../../actors/store/raft/log.ts";
import type { RaftMessage } from "../../../actors/store/raft/messages.ts";
import type { Moment, Raft } from "../../../actors/store/raft/raft.ts";
import type { RaftRequest, Refusal } from "../../../actors/store/raft/requests.ts";
import type { Write } from "../../../actors/store/raft/write.ts";
import { emptyDisk, memoryOf, type RaftDisk, storeWrite } from "../../exhaustive/raft_disk.ts";

/** One replica of Raft with the simplest shell around it. */
export interface StageReplica {
  readonly id: string;
  /** Undefined while it is down. */
  raft: Raft | undefined;
  readonly disk: RaftDisk;
  /** The write that is under way. */
  writing: Write | undefined;
  /** The commands that it has applied, in order. */
  applied: string[];
  /** The contexts of reads that were confirmed in this life. */
  reads: number[];
  life: number;
}

/** A message on its way. */
export interface Letter {
  readonly from: string;
  readonly to: string;
  readonly message: RaftMessage;
}

/** How a stage is made. */
export interface RaftStageOptions {
  /** Who founds the group. */
  readonly founders: readonly string[];
  readonly moment: Moment;
  /** Default 100 and 1,000. */
  readonly heartbeatMs?: number;
  readonly electionMs?: number;
  readonly voteNotPersisted?: boolean;
  /** Sees what each replica wants done. */
  readonly onReady?: (replica: StageReplica, ready: Ready) => void;
}

/** Replicas of Raft alone, without actors: nothing moves but what its caller moves. */
export function raftStage(options: RaftStageOptions) {
  const { founders, moment, heartbeatMs = 100, electionMs = 1_000, onReady } = options;
  const { voteNotPersisted = false } = options;
  const replicas = new Map<string, StageReplica>();
  const mail: Letter[] = [];

  /** Starts a replica from its disk; one without a disk founds the group, or is new and knows nobody. */
  function start(id: string): StageReplica {
    const replica = replicas.get(id) ?? newReplica(id);
    replicas.set(id, replica);
    const isNew = replica.disk.hardState.term === 0 && replica.disk.snapshot.index === 0;
    const memory = isNew && founders.includes(id) ? foundedBy(founders) : memoryOf(replica.disk);
    replica.applied = [...replica.disk.snapshot.applied];
    replica.reads = [];
    replica.life++;
    const settings = { heartbeatMs, electionMs, founders: [], beginCommand: "" };
    const start = { ...settings, ...memory, ...(voteNotPersisted ? { vote: "" } : {}) };
    replica.raft = core.create({ self: id, life: `${id}.${replica.life}`, ...start }, moment);
    return replica;
  }

  /** Does what a replica wants done, but for the end of its write. */
  function settle(replica: StageReplica) {
    const { raft, disk, id } = replica;
    if (!raft) return;
    const ready = core.ready(raft, moment);
    for (const entry of ready.committed) apply(replica, entry);
    replica.reads.push(...ready.reads);
    if (ready.write) replica.writing = ready.write;
    for (const { to, message } of ready.messages) mail.push({ from: id, to, message });
    onReady?.(replica, ready);
    for (const to of ready.snapshotsTo) sendSnapshot(replica, to);
    for (const { from, body } of ready.snapshotMail) {
      if (body.type !== "raft.snapshot" || body.index <= raft.commitIndex) continue;
      const { index, snapshotTerm: term, configuration } = body;
      const applied = JSON.parse(body.text) as string[];
      disk.snapshot = { index, term, configuration, applied };
      replica.applied = [...applied];
      request(id, { type: "snapshotRestored", to: from, index, term, part: 0, configuration });
    }
  }

  function sendSnapshot({ id, raft, applied }: StageReplica, to: string) {
    if (!raft) return;
    const { appliedIndex: index, configuration, term } = raft;
    core.step(raft, { from: id, body: { type: "snapshotBegun", to, index } }, moment);
    const head = { revision: 0, compactedRevision: 0, quotaBytes: 0, isFull: false, part: 0, last: true };
    const snapshotTerm = termAt(raft.log, index) as number;
    const text = JSON.stringify(applied);
    mail.push({
      from: id,
      to,
      message: { type: "raft.snapshot", term, index, snapshotTerm, configuration, ...head, text },
    });
  }

  function request(id: string, body: RaftRequest): Refusal | undefined {
    const replica = replicas.get(id);
    if (!replica?.raft) return { why: `${id} is down` };
    const refusal = core.step(replica.raft, { from: id, body }, moment);
    settle(replica);
    return refusal;
  }

  for (const founder of founders) start(founder);
  return {
    replicas,
    mail,
    start,
    settle,
    request,
    raftOf: (id: string) => replicas.get(id)?.raft,
    leader: () => [...replicas.values()].find(({ raft }) => raft?.role === "leader"),
    /** Tells a replica what time it is. */
    tick(replica: StageReplica) {
      const { raft, id } = replica;
      if (!raft) return;
      core.tick(raft, moment);
      // A snapshot that is not there by now is lost.
      for (const [to, { snapshotIndex }] of raft.progress) {
        if (snapshotIndex > 0) core.step(raft, { from: id, body: { type: "snapshotFailed", to } }, moment);
      }
      settle(replica);
    },
    /** Ends the write that is under way. */
    sync(replica: StageReplica) {
      const { writing, raft } = replica;
      if (!raft || !writing) return;
      storeWrite(replica.disk, writing);
      replica.writing = undefined;
      core.advance(raft, writing, moment);
      settle(replica);
    },
    /** Ends a life; the write that was under way may be whole on the disk although nobody was told. */
    crash(replica: StageReplica, isWritten: boolean) {
      if (replica.writing && isWritten) storeWrite(replica.disk, replica.writing);
      replica.writing = undefined;
      replica.raft = undefined;
    },
    /** Brings a message to whom it is for. */
    deliver({ from, to, message }: Letter) {
      const replica = replicas.get(to);
      if (!replica?.raft) return;
      core.step(replica.raft, { from, body: message }, moment);
      settle(replica);
    },
    /** Writes a snapshot of what is applied, and forgets the log up to there. */
    compact({ id, raft, disk, applied }: StageReplica) {
      const term = raft && termAt(raft.log, raft.appliedIndex);
      if (!raft || term === undefined || raft.appliedIndex === disk.snapshot.index) return;
      const { appliedIndex: index, configuration } = raft;
      disk.snapshot = { index, term, configuration, applied: [...applied] };
      request(id, { type: "rewrite", index, term });
      request(id, { type: "forget", index });
    },
    /** Whether there is one leader, and all that it knows of have all that it has. */
    hasAgreed(): boolean {
      const leading = [...replicas.values()].flatMap(({ raft }) => (raft?.role === "leader" ? [raft] : []));
      const [leader] = leading;
      if (!leader || leading.length > 1) return false;
      const end = lastIndex(leader.log);
      return everyone(leader.configuration).every((id) => {
        const raft = replicas.get(id)?.raft;
        return raft && lastIndex(raft.log) === end && raft.commitIndex === end && raft.leader === leader.self;
      });
    },
  };
}

/** A stage, as tests pass it around. */
export type RaftStage = ReturnType<typeof raftStage>;

function newReplica(id: string): StageReplica {
  return { id, raft: undefined, disk: emptyDisk(), writing: undefined, applied: [], reads: [], life: 0 };
}

function apply({ applied }: StageReplica, entry: Entry) {
  const command = isChangeEntry(entry) ? "" : commandText(entry);
  if (command !== "") applied.push(command);
}
