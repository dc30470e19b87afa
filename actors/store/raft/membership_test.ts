import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type RaftNetwork, raftNetwork, until } from "../../../properties/stages/raft/network.ts";
import { randomFrom } from "../../../runtime/mod.ts";
import { describeConfiguration, noConfiguration, votersOnly } from "./configuration.ts";
import type { MemberChange } from "./configuration_change.ts";
import { core } from "./core.ts";
import { createChangeEntry, createEntry } from "./entry.ts";
import { foundedBy } from "./founding.ts";
import { append, createLog, lastIndex, type RaftLog } from "./log.ts";
import type { RaftStart } from "./raft.ts";
import { roleOf } from "./view.ts";

/** A group of three with two more that are there and know nobody, and a leader. */
function groupOf(seed: number): RaftNetwork {
  const net = raftNetwork(randomFrom(seed), { founders: ["a", "b", "c"], candidates: ["d", "e"] });
  until(net, "somebody leads", () => net.hasAgreed());
  return net;
}

/** Changes the group, as often as it takes for a leader to take it and not to be lost. */
function change(net: RaftNetwork, words: string, isDone: string) {
  const changes = words.split(" ").map((word): MemberChange => {
    const deed = word[0] === "v" ? "addVoter" : word[0] === "l" ? "addLearner" : "remove";
    return { do: deed, id: word.slice(1) };
  });
  until(net, `${words} leads to ${isDone}`, () => {
    const leader = net.leader();
    if (!leader?.raft) return false;
    if (describeConfiguration(leader.raft.configuration) === isDone) return net.hasAgreed();
    net.request(leader.id, { type: "change", change: { transition: "auto", changes, context: "" } });
    net.request(leader.id, { type: "propose", commands: [`during ${words}`] });
    return false;
  });
}

const roleAt = (net: RaftNetwork, id: string) => {
  const raft = net.raftOf(id);
  return raft && roleOf(raft);
};

property(
  "a group over a network with losses adds a learner, promotes it, removes a voter, leaves joint by itself and moves its leadership",
  [fc.integer()],
  (seed) => {
    const net = groupOf(seed);
    change(net, "ld", "voters=(a b c) learners=(d)");
    assert.equal(roleAt(net, "d"), "learner");
    change(net, "vd", "voters=(a b c d)");
    assert.notEqual(roleAt(net, "d"), "learner");
    const old = net.leader()?.id as string;
    const others = ["a", "b", "c"].filter((id) => id !== old);
    change(net, `r${others[0]}`, `voters=(${[old, others[1], "d"].sort().join(" ")})`);
    // Two voters at once: by joint consensus.
    change(net, `ve r${old}`, `voters=(${[others[1], "d", "e"].sort().join(" ")})`);
    assert.notEqual(net.leader()?.id, old);
    const before = net.leader()?.id;
    until(net, "d or e leads", () => {
      const leader = net.leader();
      const to = before === "d" ? "e" : "d";
      if (leader?.id === to) return net.hasAgreed();
      if (leader) net.request(leader.id, { type: "transfer", to });
      return false;
    });
    const all = [...(net.leader()?.applied ?? [])];
    for (const id of [others[1] as string, "d", "e"]) assert.deepEqual(net.replicas.get(id)?.applied, all);
  },
  { runs: 40 },
);

test("a leader takes one change after the other, and none that it cannot carry out", () => {
  const net = groupOf(3);
  const id = net.leader()?.id as string;
  const ask = (words: string[], transition: "auto" | "explicit" = "auto") => {
    const changes = words.map((word) => ({ do: word[0] === "v" ? "addVoter" : "remove", id: word.slice(1) }) as const);
    return net.request(id, { type: "change", change: { transition, changes, context: "" } })?.why;
  };
  const follower = ["a", "b", "c"].find((each) => each !== id) as string;
  const refused = net.request(follower, { type: "change", change: { transition: "auto", changes: [], context: "" } });
  assert.equal(refused?.why, `${id} leads`);
  assert.equal(ask([]), "not in joint state; refusing empty conf change");
  assert.equal(ask(["ra", "rb", "rc"], "explicit"), "removed all voters");
  assert.equal(ask(["vd"], "explicit"), undefined);
  const index = lastIndex(net.raftOf(id)?.log ?? createLog(0, 0));
  assert.equal(ask(["ve"]), `possible unapplied conf change at index ${index} (applied to ${index - 1})`);
  until(net, "the change is applied", () => net.hasAgreed());
  assert.equal(ask(["ve"]), "must transition out of joint config first");
  assert.equal(ask([]), undefined);
});

test("who is in the group comes from the disk, and not from what a replica was started with", () => {
  const net = groupOf(5);
  change(net, "ld", "voters=(a b c) learners=(d)");
  // What is committed is written down with what comes next.
  net.request(net.leader()?.id as string, { type: "propose", commands: ["next"] });
  until(net, "it is committed", () => net.hasAgreed());
  for (const isCut of [false, true]) {
    for (const replica of net.replicas.values()) {
      if (isCut) net.compact(replica);
      net.crash(replica, true);
      net.start(replica.id);
    }
    for (const id of ["a", "b", "c"]) {
      const { configuration } = net.raftOf(id) ?? {};
      assert.equal(configuration && describeConfiguration(configuration), "voters=(a b c) learners=(d)");
    }
    until(net, "somebody leads again", () => net.hasAgreed());
  }
});

/** A replica as it starts from a log. */
function startFrom(log: RaftLog, more: Partial<RaftStart> = {}) {
  const common = { heartbeatMs: 100, electionMs: 1_000, beginCommand: "" };
  const memory = { term: 1, vote: "", commitIndex: 0, configuration: noConfiguration };
  const moment = { uptimeMs: 0, int: () => 0, nextId: () => 1 };
  return core.create({ self: "a", life: "1", founders: [], log, ...common, ...memory, ...more }, moment);
}

test("a replica of which the disk knows too little is at most one change behind what its log says", () => {
  const { log } = foundedBy(["a", "b", "c"]);
  for (const id of ["d", "e"]) {
    const changes = [{ do: "addVoter", id }] as const;
    append(log, createChangeEntry(lastIndex(log) + 1, 1, { transition: "auto", changes, context: "" }));
    append(log, createEntry(lastIndex(log) + 1, 1, "x"));
  }
  assert.deepEqual(startFrom(log).configuration, votersOnly(["a", "b", "c", "d"]));
});

test("a log of before logs said who is in the group is of those whom a replica was started with", () => {
  const log = createLog(0, 0);
  append(log, createEntry(1, 1, "begin"));
  assert.deepEqual(startFrom(log, { founders: ["a", "b"], commitIndex: 1 }).configuration, votersOnly(["a", "b"]));
});
