import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { ackBeforeSync } from "../../../properties/mutations/ack_before_sync.ts";
import type { NetworkOptions } from "../../../properties/stages/raft/network.ts";
import * as networks from "../../../properties/stages/raft/network.ts";
import type { StageReplica } from "../../../properties/stages/raft/stage.ts";
import { randomFrom } from "../../../runtime/mod.ts";
import { commandText } from "./entry.ts";
import type { Raft } from "./raft.ts";

/** Runs a random schedule, then heals and lets the group agree. */
function run(seed: number, size: number, turns: Omit<NetworkOptions, "founders"> = {}, on: typeof networks = networks) {
  const random = randomFrom(seed);
  const members = Array.from({ length: size }, (_, i) => `n${i}`);
  const net = on.raftNetwork(random, { founders: members, ...turns });
  const { actions } = net;
  const someone = () => [...net.replicas.values()][random.int(net.replicas.size)] as StageReplica;
  const isMoving = turns.candidates !== undefined;
  for (let step = 0; step < (isMoving ? 1_500 : 700); step++) {
    const luck = random.float();
    net.advance(random.int(20));
    if (luck < 0.6) net.deliver(random.int(Math.min(net.mail.length, 8) || 1), 0.05, 0.05);
    else {
      const replica = someone();
      if (luck < 0.68) actions.tick(replica);
      else if (luck < 0.85) actions.sync(replica);
      else if (luck < 0.93) actions.propose(replica);
      else if (luck < 0.96) actions.read(replica);
      else if (isMoving && luck < 0.975)
        actions[luck < 0.965 ? "change" : luck < 0.97 ? "transfer" : "compact"](replica);
      else if (replica.raft && luck < 0.98) actions.crash(replica);
      else if (!replica.raft) net.start(replica.id);
    }
  }
  for (const replica of net.replicas.values()) if (!replica.raft) net.start(replica.id);
  for (let rounds = 0; rounds < 200 && !(rounds > 30 && net.hasAgreed()); rounds++) on.round(net);
  assert.ok(net.hasAgreed(), "the group does not agree after it was healed");
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

property(
  "Raft keeps its promises while its members change, leadership moves and logs are cut, and agrees when healed",
  [fc.integer(), fc.constantFrom(1, 2, 3)],
  (seed, members) => {
    const net = run(seed, members, { candidates: ["n0", "n1", "n2", "n3", "n4"] });
    const all = [...(net.leader()?.applied ?? [])];
    for (const { applied } of net.replicas.values()) assert.deepEqual(applied, all.slice(0, applied.length));
  },
  { runs: 150 },
);

test("Raft commits what was proposed, in order", () => {
  const net = run(7, 3);
  const leader = net.leader()?.raft as Raft;
  const before = leader.commitIndex;
  net.request(leader.self, { type: "propose", commands: ["x", "y"] });
  const tail = () => leader.log.entries.slice(before).map(commandText);
  assert.deepEqual(tail(), ["x", "y"]);
  assert.ok(net.watch.committed() > 0);
});

test("a leader counts the length of the entries that it adds itself", () => {
  const net = run(7, 3);
  const leader = net.leader()?.raft as Raft;
  const { self, log } = leader;
  net.request(self, { type: "propose", commands: ["x".repeat(1_000)] });
  const length = log.entries.reduce((sum, { record }) => sum + record.length, 0);
  assert.equal(log.length, length);
});

const broken = /Election safety|Leader completeness|State-machine safety|Log matching|Cannot append|a read sees/;

/** Runs many schedules, in which a group that is not sound breaks a promise. */
function hunt(turns: Omit<NetworkOptions, "founders">, on?: typeof networks) {
  for (let seed = 0; seed < 3_000; seed++) run(seed, 3, turns, on);
}

test("replicas whose disks forget their votes are found out", () => {
  assert.throws(() => hunt({ voteNotPersisted: true }), broken);
});

test("replicas that count as stored what is on its way to the disk are found out", async () => {
  const mutated = await loadMutated<typeof networks>(ackBeforeSync, "properties/stages/raft/network.ts");
  assert.throws(() => hunt({}, mutated), broken);
});
