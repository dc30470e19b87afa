import { describeConfiguration } from "../../../actors/store/raft/configuration.ts";
import type { ConfigurationChange, MemberChange } from "../../../actors/store/raft/configuration_change.ts";
import type { Ready } from "../../../actors/store/raft/core.ts";
import { isChangeEntry } from "../../../actors/store/raft/entry.ts";
import type { RaftRequest } from "../../../actors/store/raft/requests.ts";
import {
  describeEntry,
  describeMessage,
  describeProgress,
  describeReplica,
  describeRole,
  describeWrite,
} from "./describe.ts";
import { type Letter, type RaftStage, raftStage, type StageReplica } from "./stage.ts";

/**
 * A transcript: paragraphs of comments, a command, `----`, and what came of it. `performed` plays the commands and
 * gives the text as it ought to be; where it differs from what is there, something has changed that a person should
 * look at.
 *
 * - `found 1 2 3`: these found a group; `join 4`: a new replica, which knows nobody
 * - `campaign 1`: its time for an election has come; `elect 1`: the same, and all that follows, without telling it
 * - `elapse 300 [1 2]`: so many milliseconds go by, and these, or all, look at the time
 * - `stabilize`: messages arrive and writes end, the messages first, until there is nothing more to do
 * - `deliver 2`: the messages that wait for it arrive, in order; `sync 1`: its write ends
 * - `lose 3`: the messages that wait for it, and from it, are lost
 * - `cut 3`, `mend 3`: between it and the others nothing gets through from now on; everything does again
 * - `hold 3`, `release 3`: what is sent to it waits; it waits no more
 * - `propose 1 a b`, `read 1 7`, `transfer 1 2`, `change 1 v4 l5 r2 [explicit]`: asks that of it
 * - `compact 1`: it writes a snapshot and forgets the log before
 * - `crash 1`, `start 1`: its life ends, with the write that is under way; it starts from its disk
 * - `status [1]`: what they are; of a leader, what it knows of the others
 */
export function performed(text: string): string {
  let stage: Actors | undefined;
  return text
    .trimEnd()
    .split("\n\n")
    .map((paragraph) => {
      const lines = paragraph.split("\n");
      const end = lines.indexOf("----");
      const command = lines[(end < 0 ? lines.length : end) - 1] ?? "";
      if (command === "" || command.startsWith("#")) return paragraph;
      stage ??= newActors();
      return [...lines.slice(0, end < 0 ? lines.length : end), "----", ...perform(stage, command)].join("\n");
    })
    .join("\n\n")
    .concat("\n");
}

/** Who plays a transcript. */
interface Actors {
  raft: RaftStage | undefined;
  nowMs: number;
  readonly told: string[];
  readonly roles: Map<string, string>;
  readonly cut: Set<string>;
  readonly held: Set<string>;
}

function newActors(): Actors {
  return { raft: undefined, nowMs: 0, told: [], roles: new Map(), cut: new Set(), held: new Set() };
}

function found(actors: Actors, founders: readonly string[]) {
  let ids = 0;
  const moment = {
    get uptimeMs() {
      return actors.nowMs;
    },
    int: () => 0,
    nextId: () => ++ids,
  };
  actors.raft = raftStage({ founders, moment, onReady: (replica, ready) => tell(actors, replica, ready) });
  for (const replica of actors.raft.replicas.values()) actors.raft.settle(replica);
}

/** Notes what a replica wants done, and what has become of it. */
function tell({ told, roles }: Actors, { id, raft }: StageReplica, ready: Ready) {
  if (!raft) return;
  const role = describeRole(raft);
  if (roles.get(id) !== role) told.push(`${id} is ${role}`);
  roles.set(id, role);
  if (ready.write) told.push(`${id} writes: ${describeWrite(ready.write)}`);
  if (ready.committed.length > 0) told.push(`${id} applies: ${ready.committed.map(describeEntry).join(", ")}`);
  if (ready.committed.some(isChangeEntry)) told.push(`${id} is in ${describeConfiguration(raft.configuration)}`);
  for (const context of ready.reads) told.push(`${id} serves read ${context} at ${raft.appliedIndex}`);
}

/** Plays one command, and gives what came of it. */
function perform(actors: Actors, command: string): string[] {
  const [verb = "", ...words] = command.split(" ");
  if (verb === "found") found(actors, words);
  else if (!actors.raft) throw new Error(`Cannot play "${command}": nobody has founded a group, begin with found`);
  else play(actors, actors.raft, { verb, words });
  const told = actors.told.splice(0);
  return told.length === 0 ? ["ok"] : told;
}

function play(actors: Actors, raft: RaftStage, { verb, words }: { verb: string; words: readonly string[] }) {
  const [id = "", ...rest] = words;
  const replica = raft.replicas.get(id);
  const request = askedBy(verb, rest);
  if (request) {
    const refusal = raft.request(id, request);
    if (refusal) actors.told.push(`refused: ${refusal.why}`);
    return;
  }
  if (verb === "stabilize") return stabilize(actors, raft);
  if (verb === "elapse") return elapse(actors, raft, { ms: Number(id), ids: rest });
  if (verb === "status") return status(actors, raft, words);
  if (verb === "join") return raft.settle(raft.start(id));
  if (!replica) throw new Error(`Cannot play "${verb} ${id}": there is no such replica, or no such command`);
  return playOne(actors, raft, { verb, replica });
}

function playOne(actors: Actors, raft: RaftStage, { verb, replica }: { verb: string; replica: StageReplica }) {
  const { id } = replica;
  const { cut, held, told } = actors;
  const concerns = ({ from, to }: Letter) => from === id || to === id;
  switch (verb) {
    case "campaign":
      return campaign(actors, raft, replica);
    case "elect":
      campaign(actors, raft, replica);
      stabilize(actors, raft);
      told.length = 0;
      return status(actors, raft, []);
    case "deliver":
      for (const letter of takeMail(raft, ({ to }) => to === id)) deliver(actors, raft, letter);
      return;
    case "lose":
      for (const letter of takeMail(raft, concerns)) told.push(`${describeLetter(letter)} (lost)`);
      return;
    case "sync":
      return sync(actors, raft, replica);
    case "cut":
      return void cut.add(id);
    case "mend":
      return void cut.delete(id);
    case "hold":
      return void held.add(id);
    case "release":
      return void held.delete(id);
    case "compact":
      return raft.compact(replica);
    case "crash":
      return raft.crash(replica, false);
    case "start":
      actors.roles.delete(id);
      return raft.settle(raft.start(id));
    default:
      throw new Error(`Cannot play "${verb}": there is no such command`);
  }
}

function askedBy(verb: string, words: readonly string[]): RaftRequest | undefined {
  switch (verb) {
    case "propose":
      return { type: "propose", commands: words };
    case "read":
      return { type: "read", context: Number(words[0]) };
    case "transfer":
      return { type: "transfer", to: words[0] ?? "" };
    case "change":
      return { type: "change", change: changeIn(words) };
    default:
      return undefined;
  }
}

function changeIn(words: readonly string[]): ConfigurationChange {
  const deeds: Readonly<Record<string, MemberChange["do"]>> = { v: "addVoter", l: "addLearner", r: "remove" };
  const isExplicit = words.includes("explicit");
  const changes = words
    .filter((word) => word !== "explicit")
    .map((word) => {
      const deed = deeds[word[0] ?? ""];
      if (deed === undefined) throw new Error(`Cannot read change "${word}": begin with v, l or r`);
      return { do: deed, id: word.slice(1) };
    });
  return { transition: isExplicit ? "explicit" : "auto", changes, context: "" };
}

/** More than any transcript needs: one that never comes to rest is wrong. */
const turnsMax = 1_000;

function stabilize(actors: Actors, raft: RaftStage) {
  for (let turn = 0; turn < turnsMax; turn++) {
    const place = raft.mail.findIndex(({ to }) => !actors.held.has(to));
    const [letter] = place < 0 ? [] : raft.mail.splice(place, 1);
    const writer = [...raft.replicas.values()].find(({ writing }) => writing);
    if (letter) deliver(actors, raft, letter);
    else if (writer) sync(actors, raft, writer);
    else return;
  }
  throw new Error(`Cannot stabilize: there is always more to do, ${turnsMax} times`);
}

function elapse(actors: Actors, raft: RaftStage, { ms, ids }: { ms: number; ids: readonly string[] }) {
  actors.nowMs += ms;
  for (const replica of raft.replicas.values()) if (ids.length === 0 || ids.includes(replica.id)) raft.tick(replica);
}

function campaign(actors: Actors, raft: RaftStage, replica: StageReplica) {
  actors.nowMs = Math.max(actors.nowMs, replica.raft?.electionDeadlineMs ?? 0);
  raft.tick(replica);
}

function sync({ told }: Actors, raft: RaftStage, replica: StageReplica) {
  told.push(`${replica.id} has written`);
  raft.sync(replica);
}

function deliver({ told, cut }: Actors, raft: RaftStage, letter: Letter) {
  const isLost = cut.has(letter.from) || cut.has(letter.to) || !raft.raftOf(letter.to);
  told.push(`${describeLetter(letter)}${isLost ? " (lost)" : ""}`);
  if (!isLost) raft.deliver(letter);
}

function takeMail({ mail }: RaftStage, which: (letter: Letter) => boolean): Letter[] {
  const taken = mail.filter(which);
  mail.splice(0, Number.POSITIVE_INFINITY, ...mail.filter((letter) => !which(letter)));
  return taken;
}

function status({ told }: Actors, raft: RaftStage, ids: readonly string[]) {
  for (const { id, raft: one } of raft.replicas.values()) {
    if (ids.length > 0 && !ids.includes(id)) continue;
    told.push(`${id}: ${one ? describeReplica(one) : "down"}`);
    for (const [peer, progress] of one?.progress ?? []) told.push(`  ${peer}: ${describeProgress(progress)}`);
  }
}

function describeLetter({ from, to, message }: Letter): string {
  return `  ${from} -> ${to} ${describeMessage(message)}`;
}
