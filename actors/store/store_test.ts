import { assert, isLong, test } from "../../properties/house/test.ts";
import { type StoreStage, storeStage } from "../../properties/stages/store/store_stage.ts";
import type { RangeAnswer, StatusAnswer, StoreError, TxnAnswer } from "./messages.ts";

const isolate = ({ simulation, members }: StoreStage, member: string) =>
  simulation.faults.begin({
    kind: "partition",
    parameters: { from: [member], to: members.filter((each) => each !== member) },
  });

function dump({ data }: StoreStage, member: string): unknown {
  const keyspace = data(member)?.keyspace;
  const kvs: unknown[] = [keyspace?.revision, keyspace?.compactedRevision];
  keyspace?.keys.each("", undefined, (versions) => void kvs.push(versions));
  return kvs;
}

test("a group elects a leader within half a second, writes through any replica, and reads what was written", () => {
  for (const size of [1, 3, 5]) {
    const { simulation, members, put, ask, awaitLeader } = storeStage({ size });
    assert.ok(awaitLeader());
    assert.ok(simulation.uptimeMs() < 500, `elected after ${simulation.uptimeMs()} ms`);
    for (const [i, member] of members.entries()) {
      const answer = put(member, `k${i}`, `v${i}`) as TxnAnswer;
      assert.equal(answer.revision, i + 2);
    }
    for (const member of members) {
      const answer = ask(member, { type: "store.range", key: "k", end: "l" }) as RangeAnswer;
      const expected = members.map((_, i) => `v${i}`);
      assert.deepEqual(
        answer.kvs.map(({ value }) => value),
        expected,
      );
    }
  }
});

test("a group goes on when its leader crashes, and the replica that comes back catches up", () => {
  const stage = storeStage();
  const { simulation, members, leader, put, awaitLeader } = stage;
  awaitLeader();
  for (let i = 0; i < 20; i++) assert.equal(put("store/0", `a${i}`, "x").type, "store.txn.ok");
  const first = leader() as string;
  simulation.crashNow(first, "test");
  assert.ok(awaitLeader());
  for (let i = 0; i < 20; i++) put(members.find((member) => member !== first) as string, `b${i}`, "y");
  simulation.advance(1_000);
  assert.equal(stage.data(first)?.keyspace.revision, 41);
  for (const member of members) assert.deepEqual(dump(stage, member), dump(stage, first));
  assert.deepEqual(stage.crashes(), []);
});

test("a group that is started again has all that was acknowledged", () => {
  const stage = storeStage({ input: { snapshotEntries: 7 } });
  const { simulation, members, put, ask, awaitLeader } = stage;
  awaitLeader();
  for (let i = 0; i < 30; i++) put("store/1", `k${i % 4}`, `v${i}`);
  ask("store/0", { type: "store.compact", revision: 20 });
  for (const member of members) simulation.crashNow(member, "test");
  assert.ok(awaitLeader());
  simulation.advance(200);
  const answer = ask("store/2", { type: "store.range", key: "k", end: "l" }) as RangeAnswer;
  assert.deepEqual([answer.revision, answer.kvs.map(({ value }) => value)], [31, ["v28", "v29", "v26", "v27"]]);
  const old = ask("store/2", { type: "store.range", key: "k", revision: 19 }) as StoreError;
  assert.deepEqual([old.code, old.compactRevision], ["compacted", 20]);
});

test("a follower that is far behind gets a snapshot in parts, and keeps it through a crash", () => {
  const stage = storeStage({ input: { snapshotEntries: 10 } });
  const { simulation, members, leader, put, awaitLeader, data } = stage;
  awaitLeader();
  const behind = members.find((member) => member !== leader()) as string;
  const heal = isolate(stage, behind);
  const phases = new Set<string>();
  let parts = 0;
  simulation.onStep((address) => {
    if (address !== behind) return;
    phases.add(simulation.report(behind)?.phase ?? "");
    parts = Math.max(parts, data(behind)?.snapshots.installing?.parts ?? 0);
  });
  for (let i = 0; i < 60; i++) put(leader() as string, `k${i}`, `${i} `.repeat(8_000));
  heal();
  simulation.advance(5_000);
  assert.ok(phases.has("running.follower.installing"), [...phases].join());
  assert.ok(parts >= 2, `${parts} parts`);
  assert.deepEqual(dump(stage, behind), dump(stage, leader() as string));
  simulation.crashNow(behind, "test");
  simulation.advance(2_000);
  assert.deepEqual(dump(stage, behind), dump(stage, leader() as string));
  assert.deepEqual(stage.crashes(), []);
});

test("a replica that is cut off refuses, answers stale reads on request, and ends its watches", () => {
  const stage = storeStage({ watchers: 1 });
  const { simulation, leader, put, ask, awaitLeader, members } = stage;
  awaitLeader();
  put("store/0", "k/1", "old");
  simulation.advance(1_000);
  const alone = leader() as string;
  const heal = isolate(stage, alone);
  const lost = ask(alone, {
    type: "store.txn",
    compare: [],
    success: [{ op: "put", key: "k/2", value: "x" }],
    failure: [],
  });
  assert.equal((lost as StoreError).code, "timeout");
  const refused = ask(alone, { type: "store.range", key: "k/1" }) as StoreError;
  assert.equal(refused.code, "unavailable");
  const other = members.find((member) => member !== alone) as string;
  assert.equal(put(other, "k/1", "new").type, "store.txn.ok");
  const stale = ask(alone, { type: "store.range", key: "k/1", serializable: true }) as RangeAnswer;
  assert.equal(stale.kvs[0]?.value, "old");
  const status = ask(alone, { type: "store.status" }) as StatusAnswer;
  assert.equal(status.leader, undefined);
  simulation.advance(10_000);
  assert.equal(stage.data(alone)?.watches.byWatcher.size, 0);
  heal();
  simulation.advance(5_000);
  const fresh = ask(alone, { type: "store.range", key: "k/", end: "k0" }) as RangeAnswer;
  assert.deepEqual(
    fresh.kvs.map(({ value }) => value),
    ["new"],
  );
});

test("a replica refuses what is too large and reads of the future", () => {
  const { ask, put, awaitLeader } = storeStage({ size: 1 });
  awaitLeader();
  assert.equal((put("store/0", "k", "x".repeat(2_000_000)) as StoreError).code, "tooLarge");
  assert.equal((ask("store/0", { type: "store.range", key: "k", revision: 5 }) as StoreError).code, "future");
  assert.equal((ask("store/0", { type: "store.compact", revision: 5 }) as StoreError).code, "future");
});

test("a watch follows from where it began, and hears of the store while it is quiet", () => {
  const stage = storeStage({ watchers: 2 });
  const { simulation, put, awaitLeader, watchers } = stage;
  awaitLeader();
  simulation.advance(1_000);
  for (let i = 0; i < 10; i++) put("store/0", `k/${i}`, "v");
  put("store/0", "other", "v");
  simulation.advance(10_000);
  for (const watcher of watchers()) {
    assert.equal(watcher.wrong, undefined);
    assert.deepEqual(
      watcher.events.map(({ kv }) => kv.modRevision),
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    );
    assert.equal(watcher.revision, 12, "progress tells of revisions that had no event for the watch");
  }
});

test("a store replica refuses to start in a group that it is no member of", () => {
  const { simulation } = storeStage({ size: 1 });
  simulation.spawnNow({ name: "stray", kind: "store", input: { members: ["store/0"] }, restartsMax: 0 });
  simulation.advance(100);
  assert.match(
    simulation.failures()[0]?.reason ?? "",
    /Cannot start store replica "stray": it is not one of its members/,
  );
});

test("a replica whose disk forgets what it acknowledged does not take part before the disk keeps the repaired log", () => {
  const stage = storeStage();
  const { simulation, leader, put, awaitLeader, members } = stage;
  awaitLeader();
  const bad = members.find((member) => member !== leader()) as string;
  const heal = simulation.faults.begin({ kind: "lostFsync", parameters: { actor: bad } });
  for (let i = 0; i < 10; i++) put(leader() as string, `k${i}`, "some value that is long enough to be torn");
  simulation.crashNow(bad, "test");
  simulation.advance(3_000);
  assert.equal(simulation.report(bad)?.phase, "recovering");
  assert.equal((put(bad, "k", "v") as StoreError).code, "unavailable");
  heal();
  simulation.advance(2_000);
  assert.equal(simulation.report(bad)?.phase, "running.follower.following");
  assert.deepEqual(dump(stage, bad), dump(stage, leader() as string));
  assert.deepEqual(stage.crashes(), []);
});

test("a group at its quota says so, refuses alike after a restart, and goes on when something was deleted", () => {
  const stage = storeStage({ input: { quotaBytes: 100_000, snapshotEntries: 9 } });
  const { simulation, members, put, ask, awaitLeader, leader } = stage;
  awaitLeader();
  let written = 0;
  while (put(`store/${written % 3}`, `k${written}`, "x".repeat(5_000)).type === "store.txn.ok") written++;
  assert.equal(written, 13);
  const alarms = () => members.map((member) => (ask(member, { type: "store.status" }) as StatusAnswer).alarms.join());
  simulation.advance(500);
  assert.deepEqual(alarms(), ["NOSPACE", "NOSPACE", "NOSPACE"]);
  for (const member of members) simulation.crashNow(member, "test");
  awaitLeader();
  simulation.advance(500);
  assert.deepEqual(alarms(), ["NOSPACE", "NOSPACE", "NOSPACE"]);
  assert.deepEqual(put("store/0", "more", "x".repeat(5_000)), {
    type: "store.error",
    code: "noSpace",
    message: "etcdserver: mvcc: database space exceeded",
  });
  assert.equal((ask("store/1", { type: "store.range", key: "k", end: "l" }) as RangeAnswer).count, 13);
  const remove = { op: "delete", key: "k1", end: "k2" } as const;
  ask("store/2", { type: "store.txn", compare: [], success: [remove], failure: [] });
  assert.equal(put("store/0", "more", "x".repeat(5_000)).type, "store.txn.ok");
  simulation.advance(500);
  assert.deepEqual(alarms(), ["", "", ""]);
  for (const member of members) assert.deepEqual(dump(stage, member), dump(stage, leader() as string));
});

test("a log of large entries is cut by its length: neither memory nor file holds more than a few", () => {
  const stage = storeStage({ input: { quotaBytes: 32 * 1024 * 1024 } });
  const { simulation, put, awaitLeader, data, members } = stage;
  awaitLeader();
  for (let i = 0; i < (isLong ? 60 : 30); i++) {
    assert.equal(put("store/0", `k${i % 4}`, `${i}`.padEnd(900_000)).type, "store.txn.ok");
    for (const member of members) {
      const { raft, wal } = data(member) as NonNullable<ReturnType<typeof data>>;
      assert.ok(raft.log.length < 12_000_000, `${raft.log.length} characters in memory`);
      assert.ok(wal.length < 12_000_000, `${wal.length} characters on the disk`);
    }
  }
  for (const member of members) simulation.crashNow(member, "test");
  awaitLeader();
  simulation.advance(2_000);
  for (const member of members) assert.deepEqual(dump(stage, member), dump(stage, "store/0"));
});

test("a replica answers a page of large values in pieces", () => {
  const { ask, put, awaitLeader } = storeStage({ size: 1 });
  awaitLeader();
  for (let i = 0; i < 8; i++) put("store/0", `k${i}`, `${i}`.padEnd(1_000_000));
  const page = ask("store/0", { type: "store.range", key: "k", end: "l", limit: 100 }) as RangeAnswer;
  assert.deepEqual([page.kvs.length, page.more, page.count], [5, true, 8]);
});
