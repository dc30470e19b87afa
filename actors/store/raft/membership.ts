import { type Configuration, isJoint, isVoter, votersOnly } from "./configuration.ts";
import { type ConfigurationChange, changed, isLeaving, leave } from "./configuration_change.ts";
import { changeOf, createChangeEntry, type Entry, isChangeEntry } from "./entry.ts";
import { advanceCommit } from "./lead.ts";
import { entryAt, lastIndex, type RaftLog } from "./log.ts";
import { createProgress } from "./progress.ts";
import { appendOwn, becomeFollower, type Moment, peersOf, type Raft } from "./raft.ts";
import { concludeRound } from "./read_index.ts";
import { tellCommit } from "./replicate.ts";
import type { ChangeRequest, Refusal } from "./requests.ts";

/**
 * Who the group is made of is said by entries of the log, and holds where they are committed (as etcd does it). That is
 * safe as long as nobody stands for election who is two changes behind what its log says. A leader proposes a change
 * only when all before it are committed, and the message that brings one tells so.
 */
export function applyConfigurations(raft: Raft, moment: Moment): void {
  while (raft.configuredIndex < raft.commitIndex) {
    const entry = entryAt(raft.log, ++raft.configuredIndex);
    if (!entry) continue;
    if (isChangeEntry(entry)) use(raft, configurationAfter(raft, entry), moment);
    else if (raft.configuration.voters.length === 0) use(raft, votersOnly(raft.founders), moment);
  }
  if (raft.configuration.autoLeave) leaveJointWhenDue(raft);
}

/**
 * The last change in a log that is committed for sure, whatever the disk knows: a leader that added one more knew it.
 * Without this a replica whose last write was torn behind a change could be two changes behind. The change that founds
 * the group is committed from the beginning: a group that knew nobody, as it was torn there, would never begin.
 */
export function settledChangeIndex({ entries }: RaftLog): number {
  const last = entries.findLastIndex(isChangeEntry);
  const found = entries.findLast((entry, place) => place < last && isChangeEntry(entry));
  return found?.index ?? (isFounding(entries[0]) ? 1 : 0);
}

/** The first entry of all is a change only where a group is founded: leaders begin with an entry of another sort. */
function isFounding(entry: Entry | undefined): boolean {
  return entry?.index === 1 && isChangeEntry(entry);
}

/** Adds a change to the log; one at a time, so that each quorum shares somebody with the one before. */
export function proposeChange(raft: Raft, { change }: ChangeRequest): Refusal | undefined {
  const why = whyNot(raft, change);
  if (why !== undefined) return { why };
  appendChange(raft, change);
  return undefined;
}

function whyNot(raft: Raft, change: ConfigurationChange): string | undefined {
  const { pendingChangeIndex, commitIndex, configuration } = raft;
  if (raft.role !== "leader") return raft.leader === "" ? "no leader is known" : `${raft.leader} leads`;
  if (raft.transfer) return `leadership is being handed over to ${raft.transfer.to}`;
  if (pendingChangeIndex > commitIndex) {
    return `possible unapplied conf change at index ${pendingChangeIndex} (applied to ${commitIndex})`;
  }
  if (isJoint(configuration) && !isLeaving(change)) return "must transition out of joint config first";
  if (!isJoint(configuration) && isLeaving(change)) return "not in joint state; refusing empty conf change";
  const result = changed(configuration, change);
  return result.ok ? undefined : result.why;
}

/** A leader leaves a joint configuration by itself, if it was entered so, once everything before is committed. */
function leaveJointWhenDue(raft: Raft) {
  const { role, commitIndex, pendingChangeIndex, transfer } = raft;
  if (role === "leader" && pendingChangeIndex <= commitIndex && !transfer) appendChange(raft, leave);
}

function appendChange(raft: Raft, change: ConfigurationChange) {
  const index = lastIndex(raft.log) + 1;
  raft.pendingChangeIndex = index;
  appendOwn(raft, createChangeEntry(index, raft.term, change));
}

function configurationAfter({ configuration }: Raft, entry: Entry): Configuration {
  const result = changed(configuration, changeOf(entry));
  if (!result.ok) throw new Error(`Cannot apply the configuration change of entry ${entry.index}: ${result.why}`);
  return result.configuration;
}

/** Goes on with another configuration. */
export function use(raft: Raft, configuration: Configuration, moment: Moment): void {
  const before = raft.peers;
  raft.configuration = configuration;
  raft.peers = peersOf(configuration, raft.self);
  if (raft.role === "leader") {
    leadOn(raft, before, moment);
  } else if (raft.role !== "follower" && !isVoter(configuration, raft.self)) {
    becomeFollower(raft, raft.term, "");
  }
}

/** A leader goes on with those who are there now; one that has no vote any more says a last time what is committed. */
function leadOn(raft: Raft, before: readonly string[], moment: Moment) {
  const { peers, progress, configuration, self } = raft;
  const isOut = !isVoter(configuration, self);
  for (const peer of before) {
    const known = progress.get(peer);
    if (known && (isOut || !peers.includes(peer))) tellCommit(raft, peer, known);
    if (!peers.includes(peer)) progress.delete(peer);
  }
  if (isOut) return becomeFollower(raft, raft.term, "");
  for (const peer of peers) {
    // It is asked at once whether it has the last entry.
    if (!progress.has(peer)) progress.set(peer, createProgress(lastIndex(raft.log) - 1, moment.uptimeMs));
  }
  if (raft.transfer && !isVoter(configuration, raft.transfer.to)) raft.transfer = undefined;
  // Fewer may be needed now.
  advanceCommit(raft);
  concludeRound(raft);
}
