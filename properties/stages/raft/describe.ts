import { describeConfiguration } from "../../../actors/store/raft/configuration.ts";
import { describeChange } from "../../../actors/store/raft/configuration_change.ts";
import { changeOf, commandText, type Entry, isChangeEntry, readEntry } from "../../../actors/store/raft/entry.ts";
import { lastIndex } from "../../../actors/store/raft/log.ts";
import type { RaftMessage } from "../../../actors/store/raft/messages.ts";
import type { Progress } from "../../../actors/store/raft/progress.ts";
import type { Raft } from "../../../actors/store/raft/raft.ts";
import { roleOf } from "../../../actors/store/raft/view.ts";
import type { Write } from "../../../actors/store/raft/write.ts";

/** An entry in words: `TERM/INDEX "command"`, as etcd-raft's transcripts have it, or the change that it is. */
export function describeEntry(entry: Entry): string {
  const content = isChangeEntry(entry) ? describeChange(changeOf(entry)) : `"${commandText(entry)}"`;
  return `${entry.term}/${entry.index} ${content}`;
}

/** A message in words. */
export function describeMessage(message: RaftMessage): string {
  const { type, term } = message;
  return [type.slice("raft.".length), `term=${term}`, ...partsOf(message)].join(" ");
}

function partsOf(message: RaftMessage): string[] {
  switch (message.type) {
    case "raft.preVote":
    case "raft.vote":
      return [
        `last=${message.lastTerm}/${message.lastIndex}`,
        ...("isTransfer" in message && message.isTransfer ? ["by transfer"] : []),
      ];
    case "raft.preVote.ok":
    case "raft.vote.ok":
      return [message.granted ? "granted" : "refused"];
    case "raft.append": {
      const { previousTerm, previousIndex, commit, entries } = message;
      const told = entries.map((record) => describeEntry(readEntry(record))).join(", ");
      return [`after=${previousTerm}/${previousIndex} commit=${commit} [${told}]`];
    }
    case "raft.append.ok":
      return message.rejected
        ? [`refused at ${message.index}, try after ${message.hintTerm}/${message.hintIndex}`]
        : [`index=${message.index}`];
    case "raft.heartbeat":
      return [`commit=${message.commit} round=${message.round}`];
    case "raft.heartbeat.ok":
      return [`round=${message.round}`];
    case "raft.commit":
      return [`commit=${message.commit}`];
    case "raft.propose":
      return [message.commands.map((command) => `"${command}"`).join(", ")];
    case "raft.readIndex.ok":
      return [`index=${message.index}`];
    case "raft.snapshot":
      return [`${message.snapshotTerm}/${message.index} ${describeConfiguration(message.configuration)}`];
    case "raft.snapshot.ok":
      return [`index=${message.index}${message.done ? " done" : ""}`];
    case "raft.rejoin.ok":
      return [`welcome=${message.welcomeIndex}`];
    default:
      return [];
  }
}

/** A write in words. */
export function describeWrite({ after, entries, hardState }: Write): string {
  const { term, vote, commitIndex } = hardState;
  return [
    ...(after ? [`begins anew after ${after.term}/${after.index}`] : []),
    `term=${term} vote=${vote === "" ? "nobody" : vote} commit=${commitIndex}`,
    ...entries.map(describeEntry),
  ].join(", ");
}

/** What a replica is, in words. */
export function describeRole(raft: Raft): string {
  const { term, leader, self } = raft;
  const role = roleOf(raft);
  const whose = leader === "" || leader === self ? "" : ` of ${leader}`;
  return `${role === "preCandidate" ? "pre-candidate" : role}${whose} in term ${term}`;
}

/** A replica's state on one line. */
export function describeReplica(raft: Raft): string {
  const { log, commitIndex, configuration } = raft;
  return `${describeRole(raft)}, log (${log.snapshotIndex}, ${lastIndex(log)}], commit=${commitIndex}, ${describeConfiguration(configuration)}`;
}

/** What a leader knows of a follower, on one line. */
export function describeProgress({ state, match, next, probing, inflight, snapshotIndex }: Progress): string {
  return [
    `${state} match=${match} next=${next}`,
    ...(probing ? ["waits for the answer to its probe"] : []),
    ...(inflight.length > 0 ? [`inflight=[${inflight.join(" ")}]`] : []),
    ...(snapshotIndex > 0 ? [`is sent the snapshot up to ${snapshotIndex}`] : []),
  ].join(", ");
}
