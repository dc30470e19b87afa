import { diskLosses, storeFaults } from "../../properties/arbitraries/store_faults.ts";
import { loadMutated } from "../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { amnesiacsVote } from "../../properties/mutations/amnesiacs_vote.ts";
import { judgeStore, playStore } from "../../properties/stages/store/store_judge.ts";
import * as stages from "../../properties/stages/store/store_stage.ts";
import { type StoreStage, storeStage } from "../../properties/stages/store/store_stage.ts";
import { newStoreDisk } from "./member.ts";
import type { StatusAnswer, StoreError } from "./messages.ts";

const membersOf = (size: number) => Array.from({ length: size }, (_, i) => `store/${i}`);

for (const size of [3, 5]) {
  const members = membersOf(size);
  property(
    `a group of ${size} of which a minority loses or damages its disks, again and again, loses nothing that it acknowledged`,
    [fc.integer(), diskLosses({ members }), storeFaults({ members, faultsMax: 3 })],
    (seed, losses, faults) => {
      const snapshotEntries = seed % 2 === 0 ? 8 : 1_000;
      assert.equal(
        judgeStore(playStore({ seed, size, faults: [...losses, ...faults], input: { snapshotEntries } })),
        undefined,
      );
    },
    { runs: 40 },
  );
}

/** Kills replicas and takes their disks, or spoils them. */
function lose({ simulation, disk }: StoreStage, victims: readonly string[], how: "lost" | "damaged" = "lost") {
  for (const victim of victims) simulation.crashNow(victim, "test");
  for (const victim of victims) {
    if (how === "lost") disk.wipe(victim);
    else disk.damage(victim, "wal");
  }
}

/** A group in which a write is acknowledged that only its first two replicas have. */
function behindStage({ storeStage }: typeof stages = stages) {
  const stage = storeStage();
  const { simulation, members, leader, put, awaitLeader } = stage;
  awaitLeader();
  assert.equal(put("store/0", "old", "1").type, "store.txn.ok");
  simulation.advance(1_000);
  const [behind, lost] = members.filter((member) => member !== leader()) as [string, string];
  simulation.faults.begin({ kind: "crash", parameters: { actor: behind } });
  assert.equal(put(leader() as string, "new", "2").type, "store.txn.ok");
  return { ...stage, behind, lost };
}

test("a replica that has lost its disk gives no vote to one that lacks what it had acknowledged", async () => {
  const mutated = await loadMutated<typeof stages>(amnesiacsVote, "properties/stages/store/store_stage.ts");
  for (const each of [stages, mutated]) {
    const stage = behindStage(each);
    const { simulation, leader, behind, lost } = stage;
    const kept = leader() as string;
    simulation.faults.begin({ kind: "crash", parameters: { actor: kept } });
    lose(stage, [lost]);
    simulation.faults.heal();
    simulation.faults.begin({ kind: "crash", parameters: { actor: kept } });
    const elected = () => {
      try {
        return simulation.runUntil(() => stage.data(behind)?.raft.role === "leader", simulation.uptimeMs() + 20_000);
      } catch (error) {
        return (error as Error).message;
      }
    };
    const found = elected();
    if (each === mutated) assert.match(String(found), /Leader completeness/);
    else assert.equal(found, false);
  }
});

test("a replica that has lost or damaged its disk is rebuilt by itself, votes again, and keeps what it got", () => {
  for (const how of ["lost", "damaged"] as const) {
    const stage = storeStage({ input: { snapshotEntries: 10 } });
    const { simulation, members, leader, put, awaitLeader, data } = stage;
    awaitLeader();
    for (let i = 0; i < 35; i++) put("store/0", `k${i}`, "v");
    const victim = members.find((member) => member !== leader()) as string;
    lose(stage, [victim], how);
    assert.ok(simulation.runUntil(() => simulation.report(victim)?.phase === "running.follower.following", 20_000));
    assert.equal(data(victim)?.keyspace.revision, 36);
    // It is needed now: with it, the old leader's successor has a majority.
    const old = leader() as string;
    simulation.faults.begin({ kind: "crash", parameters: { actor: old } });
    assert.ok(simulation.runUntil(() => leader() !== undefined && leader() !== old, simulation.uptimeMs() + 20_000));
    assert.equal(put(victim, "after", "x").type, "store.txn.ok");
    simulation.crashNow(victim, "test");
    assert.ok(awaitLeader());
    assert.equal(put(victim, "again", "x").type, "store.txn.ok");
    assert.deepEqual(stage.crashes(), []);
  }
});

test("a group that takes a replica back goes on with the quota that it had", () => {
  const stage = storeStage({ input: { quotaBytes: 1_000_000 } });
  const { simulation, members, leader, ask, awaitLeader } = stage;
  awaitLeader();
  const victim = members.find((member) => member !== leader()) as string;
  lose(stage, [victim]);
  assert.ok(simulation.runUntil(() => simulation.report(victim)?.phase === "running.follower.following", 20_000));
  for (const member of members) {
    assert.equal((ask(member, { type: "store.status" }) as StatusAnswer).quotaBytes, 1_000_000);
  }
});

test("a group of which a majority has lost its disks does not start, whoever comes first, and touches nothing", () => {
  for (const how of ["lost", "damaged"] as const) {
    for (let seed = 0; seed < 10; seed++) {
      const stage = storeStage({ seed });
      const { simulation, disk, members, put, ask, awaitLeader, leader } = stage;
      awaitLeader();
      assert.equal(put("store/0", "k", "v").type, "store.txn.ok");
      const victims = members.filter((_, i) => i !== seed % 3);
      for (const member of members) simulation.crashNow(member, "test");
      lose(stage, victims, how);
      const before = members.map((member) => disk.durable(member, "wal"));
      assert.equal(awaitLeader(), false);
      assert.equal(leader(), undefined);
      for (const victim of victims) {
        const { rebuilding = "" } = ask(victim, { type: "store.status" }) as StatusAnswer;
        assert.match(rebuilding, how === "lost" ? /the file member is missing/ : /Cannot read wal: .* is corrupt/);
        assert.equal((put(victim, "k", "w") as StoreError).code, "unavailable");
      }
      assert.deepEqual(
        victims.map((victim) => disk.durable(victim, "wal")),
        victims.map((victim) => before[members.indexOf(victim)]),
      );
    }
  }
});

test("a replica does not take another's disk, an older log without its beginning, or no log, for its own", () => {
  const spoil: Record<string, (stage: StoreStage, victim: string) => void> = {
    "is that of store/9": ({ disk }, victim) => disk.write(victim, "member", newStoreDisk("store/9").member as string),
    "in cluster other": ({ disk }, victim) =>
      disk.write(victim, "member", newStoreDisk(victim, "other").member as string),
    "Cannot read wal: it is missing": ({ disk }, victim) => disk.write(victim, "wal", undefined),
    "its beginning is missing": ({ disk }, victim) => disk.write(victim, "wal", ""),
    "Cannot read member": ({ disk }, victim) => disk.write(victim, "member", "#"),
  };
  for (const [why, how] of Object.entries(spoil)) {
    const stage = storeStage();
    const { simulation, put, awaitLeader, ask } = stage;
    awaitLeader();
    put("store/0", "k", "v");
    simulation.faults.begin({ kind: "crash", parameters: { actor: "store/0" } });
    simulation.faults.begin({ kind: "crash", parameters: { actor: "store/1" } });
    how(stage, "store/0");
    simulation.faults.heal();
    simulation.faults.begin({ kind: "crash", parameters: { actor: "store/1" } });
    simulation.advance(3_000);
    assert.match((ask("store/0", { type: "store.status" }) as StatusAnswer).rebuilding ?? "", new RegExp(why));
    simulation.faults.heal();
    assert.ok(
      simulation.runUntil(
        () => simulation.report("store/0")?.phase?.startsWith("running") === true,
        simulation.uptimeMs() + 20_000,
      ),
      why,
    );
  }
});
