import { fullDisks, storeFaults } from "../../properties/arbitraries/store_faults.ts";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { judgeStore, playStore } from "../../properties/stages/store/store_judge.ts";
import { type StoreStage, storeStage } from "../../properties/stages/store/store_stage.ts";
import type { RangeAnswer, StoreError, TxnAnswer } from "./messages.ts";

const members = ["store/0", "store/1", "store/2"];
const noSpace = { type: "store.error", code: "noSpace", message: "etcdserver: mvcc: database space exceeded" };

const fill = ({ simulation }: StoreStage) => {
  const heals = members.map((actor) => simulation.faults.begin({ kind: "fullDisk", parameters: { actor } }));
  return () => {
    for (const heal of heals) heal();
  };
};

const valueAt = ({ ask }: StoreStage, member: string, key: string) =>
  (ask(member, { type: "store.range", key }) as RangeAnswer).kvs[0]?.value;

test("a group whose disks are full refuses writes at once, reads, and writes again when there is room", () => {
  const stage = storeStage();
  const { simulation, put, awaitLeader, leader, crashes } = stage;
  awaitLeader();
  assert.equal(put("store/0", "k", "before").type, "store.txn.ok");
  simulation.advance(1_000);
  const makeRoom = fill(stage);
  const writer = leader() as string;
  const doubtful = put(writer, "k", "doubtful") as StoreError;
  assert.deepEqual([doubtful.code, doubtful.message.includes("no space left on device")], ["timeout", true]);
  for (const member of members) put(member, "k", "doubtful");
  for (const member of members) {
    const askedMs = simulation.uptimeMs();
    assert.deepEqual(put(member, "k", "refused"), noSpace);
    assert.ok(simulation.uptimeMs() - askedMs < 1);
    assert.equal(valueAt(stage, member, "k"), "before");
  }
  simulation.advance(60_000);
  assert.deepEqual(put(writer, "k", "refused"), noSpace);
  makeRoom();
  simulation.advance(2_000);
  assert.equal((put(writer, "k", "after") as TxnAnswer).type, "store.txn.ok");
  for (const member of members) assert.equal(valueAt(stage, member, "k"), "after");
  assert.deepEqual(crashes(), []);
});

test("a group that starts on full disks elects a leader with what it kept in reserve, reads, and refuses writes", () => {
  const stage = storeStage({ capacityMax: 150_000 });
  const { simulation, disk, put, awaitLeader, crashes } = stage;
  awaitLeader();
  assert.equal(put("store/0", "k", "before").type, "store.txn.ok");
  simulation.advance(1_000);
  for (const member of members) disk.fill(member);
  for (const member of members) simulation.crashNow(member, "test");
  assert.ok(awaitLeader(), "elected");
  simulation.advance(5_000);
  for (const member of members) {
    assert.equal(valueAt(stage, member, "k"), "before");
    assert.deepEqual(put(member, "k", "refused"), noSpace);
  }
  for (const member of members) disk.write(member, "filler", undefined);
  simulation.advance(2_000);
  assert.equal(put("store/1", "k", "after").type, "store.txn.ok");
  assert.deepEqual(crashes(), []);
});

test("a torn log is cut on a full disk", () => {
  const stage = storeStage();
  const { simulation, disk, put, awaitLeader, leader } = stage;
  awaitLeader();
  put("store/0", "k", "v");
  simulation.advance(1_000);
  const torn = members.find((member) => member !== leader()) as string;
  simulation.crashNow(torn, "test");
  disk.write(torn, "wal", `${disk.durable(torn, "wal")}12345678 10 tor`);
  simulation.faults.begin({ kind: "fullDisk", parameters: { actor: torn } });
  simulation.advance(3_000);
  assert.equal(simulation.report(torn)?.phase, "running.follower.following");
  assert.equal(valueAt(stage, torn, "k"), "v");
});

property(
  "a group whose disks are full now and then keeps its promises under faults",
  [fc.integer(), fullDisks({ members }), storeFaults({ members, faultsMax: 3 })],
  (seed, fulls, faults) => {
    const snapshotEntries = seed % 2 === 0 ? 8 : 1_000;
    assert.equal(judgeStore(playStore({ seed, faults: [...fulls, ...faults], input: { snapshotEntries } })), undefined);
  },
  { runs: 40 },
);
