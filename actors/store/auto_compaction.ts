import type { Step } from "../../runtime/mod.ts";
import { askRaft } from "./ask_raft.ts";
import type { StoreData } from "./data.ts";
import { encodeCommand } from "./keyspace/command.ts";
import type { AutoCompaction } from "./messages.ts";
import { hasCommittedInTerm, mayPropose } from "./raft/view.ts";

/** What a leader remembers, to know how old revisions are. */
export interface Compaction {
  /** The term in which it compacts; 0 while it does not. */
  readonly term: number;
  /** How far the store was when, oldest first. */
  readonly samples: readonly { readonly atMs: number; readonly revision: number }[];
}

/** The timer that has a leader look. */
export const compactionTimer = "compaction";

/** As etcd looks. */
const everyMsMax = 300_000;
const everyMsMin = 1_000;
const samplesPerAge = 10;

/** Nobody compacts here. */
export function createCompaction(): Compaction {
  return { term: 0, samples: [] };
}

/** Begins to compact where this replica leads and the group is to do it by itself, and ends it where not. */
export function keepCompacting(data: StoreData, step: Step): void {
  const { raft, autoCompaction, compaction } = data;
  if (autoCompaction === undefined) return;
  const isKeeper = raft.role === "leader" && hasCommittedInTerm(raft);
  if (!isKeeper) {
    if (compaction.term !== 0) data.compaction = createCompaction();
  } else if (compaction.term !== raft.term) {
    // A new leader does not know how old what it finds is: it is young until it has seen it grow old.
    data.compaction = { term: raft.term, samples: [] };
    step.timer(compactionTimer, everyMs(autoCompaction));
  }
}

/** Forgets what is too old, by a command in the log. */
export function onCompactionDue(data: StoreData, step: Step): void {
  const { raft, autoCompaction, compaction, keyspace, place: origin, life } = data;
  if (autoCompaction === undefined || compaction.term === 0 || compaction.term !== raft.term) return;
  step.timer(compactionTimer, everyMs(autoCompaction));
  const { revisions, ageMs } = autoCompaction;
  const samples = [...compaction.samples, { atMs: step.uptimeMs, revision: keyspace.revision }];
  const old = samples.findLastIndex(({ atMs }) => step.uptimeMs - atMs >= (ageMs ?? 0));
  data.compaction = { ...compaction, samples: samples.slice(Math.max(0, old)) };
  const byAge = ageMs === undefined ? Number.POSITIVE_INFINITY : (samples[old]?.revision ?? 0);
  const byRevisions = revisions === undefined ? Number.POSITIVE_INFINITY : keyspace.revision - revisions;
  const revision = Math.min(byAge, byRevisions);
  if (revision <= keyspace.compactedRevision || !Number.isFinite(revision) || !mayPropose(raft)) return;
  const command = encodeCommand({ kind: "compact", origin, life, id: step.nextId(), revision });
  askRaft(data, { type: "propose", commands: [command] }, step);
}

function everyMs({ ageMs = Number.POSITIVE_INFINITY }: AutoCompaction): number {
  return Math.max(everyMsMin, Math.min(everyMsMax, Math.ceil(ageMs / samplesPerAge)));
}
