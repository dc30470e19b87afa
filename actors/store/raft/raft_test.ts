import { raft as raftInvariants } from "../../../properties/checkers/raft.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type Random, randomFrom } from "../../../runtime/mod.ts";
import {
  becomeCandidate,
  becomeLeader,
  becomePreCandidate,
  electionResult,
  onPreVote,
  onPreVoteAnswer,
  onVote,
  onVoteAnswer,
} from "./election.ts";
import { commandText, type Entry } from "./entry.ts";
import { onAppend, onCommit, onHeartbeat } from "./follow.ts";
import { checkQuorum, onAppendAnswer, onHeartbeatAnswer, onPropose, propose, replicate } from "./lead.ts";
import { createLog, entryAt } from "./log.ts";
import type { RaftMessage } from "./messages.ts";
import { becomeFollower, createRaft, type Moment, type Raft } from "./raft.ts";
import { addRead, advanceReads, heartbeat, onReadIndex, onReadIndexAnswer } from "./read_index.ts";
import { stabilized, takeUnstable, type Unstable } from "./stable.ts";

/** A disk: what is durable, and the write that is under way. */
interface Disk {
  term: number;
  vote: string;
  entries: Entry[];
  writing: { unstable: Unstable; term: number; vote: string; entries: Entry[] } | undefined;
}

interface Node {
  raft: Raft | undefined;
  readonly disk: Disk;
  /** The commit index that each read must at least see. */
  readonly reads: Map<number, number>;
}

/** A group on a network that loses, doubles and reorders, with disks of which a crash takes what was not synced. */
function network(members: string[], random: Random, defects: { voteNotPersisted?: boolean; ackBeforeSync?: boolean }) {
  let nowMs = 0;
  let ids = 0;
  let committedEver = 0;
  const moment = {
    get uptimeMs() {
      return nowMs;
    },
    int: random.int,
    nextId: () => ++ids,
  };
  const nodes = new Map<string, Node>();
  const mail: { from: string; to: string; message: RaftMessage }[] = [];
  const watch = raftInvariants.watch();

  function start(self: string) {
    const node = nodes.get(self) ?? { raft: undefined, disk: newDisk(), reads: new Map() };
    const { term, vote, entries } = node.disk;
    node.reads.clear();
    node.raft = createRaft(
      {
        self,
        members,
        heartbeatMs: 100,
        electionMs: 1_000,
        term,
        vote: defects.voteNotPersisted ? "" : vote,
        commitIndex: 0,
        log: createLog(0, 0, [...entries]),
        defects: { ackBeforeSync: defects.ackBeforeSync ?? false },
      },
      moment,
    );
    nodes.set(self, node);
  }

  /** What a driver does after each event: change roles, send, write. */
  function settle(node: Node) {
    const { raft, disk } = node;
    if (!raft) return;
    const result = electionResult(raft);
    if (raft.role === "preCandidate" && result === "won") becomeCandidate(raft, moment);
    else if (raft.role === "candidate" && result === "won") becomeLeader(raft, moment);
    else if ((raft.role === "preCandidate" || raft.role === "candidate") && result === "lost") {
      becomeFollower(raft, raft.term, "");
    }
    if (raft.lostQuorum) becomeFollower(raft, raft.term, "");
    advanceReads(raft, moment);
    if (raft.role === "leader") replicate(raft);
    if (!disk.writing && raft.stableChanges < raft.changes) {
      const unstable = takeUnstable(raft);
      const entries: Entry[] = [];
      for (let i = unstable.from; i <= unstable.to; i++) entries.push(entryAt(raft.log, i) as Entry);
      disk.writing = { unstable, term: raft.term, vote: raft.vote, entries };
    }
    for (const { to, message } of raft.outbox.splice(0)) mail.push({ from: raft.self, to, message });
    committedEver = Math.max(committedEver, raft.commitIndex);
    for (const { index, contexts } of raft.reads.confirmed.splice(0)) {
      for (const context of contexts) {
        const least = node.reads.get(context) ?? 0;
        assert.ok(index >= least, `a read sees ${index}, but ${least} was committed before it`);
      }
    }
    const wrong = watch.check([...nodes.values()].flatMap((each) => each.raft ?? []));
    if (wrong) throw new Error(wrong);
  }

  const actions = {
    tick(node: Node) {
      const { raft } = node;
      if (!raft) return;
      if (raft.role === "leader") heartbeat(raft);
      if (nowMs < raft.electionDeadlineMs) return;
      if (raft.role === "leader") checkQuorum(raft, moment);
      else becomePreCandidate(raft, moment);
    },
    sync({ raft, disk }: Node) {
      const { writing } = disk;
      if (!raft || !writing) return;
      store(disk, writing);
      disk.writing = undefined;
      stabilized(raft, writing.unstable);
    },
    crash(node: Node) {
      node.raft = undefined;
      // The write may be whole on the disk although nobody was told.
      if (node.disk.writing && random.float() < 0.5) store(node.disk, node.disk.writing);
      node.disk.writing = undefined;
    },
    propose({ raft }: Node) {
      if (raft?.role === "leader") propose(raft, `c${++ids}`);
    },
    read(node: Node) {
      if (!node.raft) return;
      node.reads.set(++ids, committedEver);
      addRead(node.raft, ids);
    },
  };

  function deliver(place: number, loss: number, copies: number) {
    const [letter] = mail.splice(place, 1);
    if (!letter) return;
    if (random.float() < copies) mail.push(letter);
    const node = nodes.get(letter.to);
    if (!node?.raft || random.float() < loss) return;
    receive(node.raft, letter.from, letter.message, moment);
    settle(node);
  }

  for (const member of members) start(member);
  return {
    nodes,
    mail,
    actions,
    deliver,
    settle,
    start,
    watch,
    advance: (ms: number) => {
      nowMs += ms;
    },
    leader: () => [...nodes.values()].find(({ raft }) => raft?.role === "leader"),
  };
}

function newDisk(): Disk {
  return { term: 0, vote: "", entries: [], writing: undefined };
}

function store(disk: Disk, { unstable, term, vote, entries }: NonNullable<Disk["writing"]>) {
  disk.term = term;
  disk.vote = vote;
  disk.entries.splice(unstable.from - 1, Number.POSITIVE_INFINITY, ...entries);
}

function receive(raft: Raft, from: string, message: RaftMessage, moment: Moment) {
  switch (message.type) {
    case "raft.preVote":
      return onPreVote(raft, from, message, moment);
    case "raft.preVote.ok":
      return onPreVoteAnswer(raft, from, message);
    case "raft.vote":
      return onVote(raft, from, message, moment);
    case "raft.vote.ok":
      return onVoteAnswer(raft, from, message);
    case "raft.append":
      return onAppend(raft, from, message, moment);
    case "raft.append.ok":
      return onAppendAnswer(raft, from, message, moment);
    case "raft.heartbeat":
      return onHeartbeat(raft, from, message, moment);
    case "raft.heartbeat.ok":
      return onHeartbeatAnswer(raft, from, message, moment);
    case "raft.commit":
      return onCommit(raft, from, message, moment);
    case "raft.propose":
      return onPropose(raft, from, message);
    case "raft.readIndex":
      return onReadIndex(raft, from, message);
    case "raft.readIndex.ok":
      return onReadIndexAnswer(raft, from, message);
    default:
      throw new Error(`The test network does not know "${message.type}"`);
  }
}

/** Runs a random schedule, then heals and lets the group agree. */
function run(seed: number, size: number, defects: { voteNotPersisted?: boolean; ackBeforeSync?: boolean } = {}) {
  const random = randomFrom(seed);
  const members = Array.from({ length: size }, (_, i) => `n${i}`);
  const net = network(members, random, defects);
  const someone = () => net.nodes.get(members[random.int(size)] as string) as Node;
  for (let step = 0; step < 700; step++) {
    const luck = random.float();
    net.advance(random.int(20));
    if (luck < 0.6) net.deliver(random.int(Math.min(net.mail.length, 8) || 1), 0.05, 0.05);
    else {
      const node = someone();
      if (luck < 0.68) net.actions.tick(node);
      else if (luck < 0.85) net.actions.sync(node);
      else if (luck < 0.93) net.actions.propose(node);
      else if (luck < 0.96) net.actions.read(node);
      else if (node.raft && luck < 0.98) net.actions.crash(node);
      else if (!node.raft) net.start(members[[...net.nodes.values()].indexOf(node)] as string);
      net.settle(node);
    }
  }
  for (const [member, node] of net.nodes) if (!node.raft) net.start(member);
  const agreed = () => {
    const rafts = [...net.nodes.values()].map((node) => node.raft as Raft);
    const [first] = rafts;
    const last = first ? first.log.entries.length : 0;
    return net.leader() && rafts.every((raft) => raft.commitIndex === last && raft.log.entries.length === last);
  };
  for (let round = 0; round < 200 && !(round > 30 && agreed()); round++) {
    net.advance(100);
    for (const node of net.nodes.values()) {
      net.actions.tick(node);
      net.settle(node);
    }
    for (let left = 0; left < 6; left++) {
      for (let count = net.mail.length; count > 0; count--) net.deliver(0, 0, 0);
      for (const node of net.nodes.values()) {
        net.actions.sync(node);
        net.settle(node);
      }
    }
  }
  assert.ok(agreed(), "the group does not agree after it was healed");
  return net;
}

const size = fc.constantFrom(1, 3, 3, 5);

property(
  "Raft keeps its promises under loss, doubling, reordering and crashes, and agrees when healed",
  [fc.integer(), size],
  (seed, members) => {
    run(seed, members);
  },
  { runs: 150 },
);

test("Raft commits what was proposed, in order", () => {
  const net = run(7, 3);
  const leader = net.leader()?.raft as Raft;
  const before = leader.commitIndex;
  propose(leader, "x");
  propose(leader, "y");
  const tail = () => leader.log.entries.slice(before).map(commandText);
  assert.deepEqual(tail(), ["x", "y"]);
  assert.ok(net.watch.committed() > 0);
});

for (const defect of ["voteNotPersisted", "ackBeforeSync"] as const) {
  test(`a replica with ${defect} is found out`, () => {
    const broken = () => {
      for (let seed = 0; seed < 3_000; seed++) run(seed, 3, { [defect]: true });
    };
    assert.throws(
      broken,
      /Election safety|Leader completeness|State-machine safety|Log matching|Cannot append|a read sees/,
    );
  });
}
