import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { Operation } from "../messages.ts";
import { apply } from "./apply.ts";
import { createKeyspace, type Keyspace } from "./keyspace.ts";
import { beginRestore, beginSnapshot, endRestore, nextPart, restorePart } from "./snapshot.ts";
import { costOf } from "./space.ts";

const kb = 1024;
const origin = { origin: 0, life: "", id: 0 };

function keyspaceOf(quotaBytes: number): Keyspace {
  const keyspace = createKeyspace();
  apply(keyspace, { index: 1, command: { kind: "begin", quotaBytes } });
  return keyspace;
}

function carryOut(keyspace: Keyspace, ...success: Operation[]) {
  const command = { kind: "txn", ...origin, compare: [], success, failure: [] } as const;
  return apply(keyspace, { index: keyspace.appliedIndex + 1, command });
}

const put = (key: string, length: number): Operation => ({ op: "put", key, value: "x".repeat(length) });
const remove = (key: string): Operation => ({ op: "delete", key });

/** Counts anew what is there. */
function counted(keyspace: Keyspace) {
  let [liveBytes, allBytes] = [0, 0];
  keyspace.keys.each("", undefined, (versions) => {
    for (const kv of versions) allBytes += costOf(kv);
    const newest = versions.at(-1);
    if (newest && newest.version !== 0) liveBytes += costOf(newest);
    return true;
  });
  return { liveBytes, historyBytes: allBytes - liveBytes };
}

function copyOf(keyspace: Keyspace): Keyspace {
  const cursor = beginSnapshot(keyspace, 1);
  const reader = beginRestore(cursor.head);
  while (cursor.nextKey !== undefined) restorePart(reader, nextPart(cursor), "part");
  return endRestore(reader);
}

function fill(keyspace: Keyspace): number {
  let keys = 0;
  while (carryOut(keyspace, put(`k${keys}`, 10 * kb))?.type === "store.txn.ok") keys++;
  return keys;
}

test("apply() refuses what would go over the quota, in etcd's words, and changes nothing", () => {
  const keyspace = keyspaceOf(256 * kb);
  const keys = fill(keyspace);
  const { revision, space } = keyspace;
  const before = { ...space };
  assert.deepEqual(carryOut(keyspace, put("more", 10 * kb)), {
    type: "store.error",
    code: "noSpace",
    message: "etcdserver: mvcc: database space exceeded",
  });
  assert.deepEqual([keyspace.revision, { ...space }], [revision, before]);
  assert.equal(space.isFull, true);
  assert.ok(keys >= 15 && keys <= 17, `${keys} keys`);
});

test("apply() takes deletes and small changes to what is there when the quota is reached", () => {
  const keyspace = keyspaceOf(256 * kb);
  const keys = fill(keyspace);
  for (let i = 0; i < 500; i++) {
    assert.equal(carryOut(keyspace, put("k0", 10 * kb + (i % 2) * 50))?.type, "store.txn.ok", `heartbeat ${i}`);
  }
  assert.equal(carryOut(keyspace, put("k1", 20 * kb))?.type, "store.error");
  for (let i = 0; i < keys; i++) assert.equal(carryOut(keyspace, remove(`k${i}`))?.type, "store.txn.ok");
  assert.equal(keyspace.space.isFull, false);
  assert.equal(carryOut(keyspace, put("more", 10 * kb))?.type, "store.txn.ok");
});

test("apply() compacts by itself when history is over its share of the quota", () => {
  const keyspace = keyspaceOf(256 * kb);
  for (let i = 0; i < 1_000; i++) {
    assert.equal(carryOut(keyspace, put("k", 10 * kb))?.type, "store.txn.ok");
    assert.ok(counted(keyspace).historyBytes <= 64 * kb + 22 * kb, `${counted(keyspace).historyBytes} after ${i}`);
  }
  assert.ok(keyspace.compactedRevision > 900);
});

test("costOf() counts two bytes for each character of a text beyond Latin-1", () => {
  const [narrow, wide] = ["é".repeat(1_000), "水".repeat(1_000)].map((value) => costOf({ key: "k", value }));
  assert.equal((wide ?? 0) - (narrow ?? 0), 1_000);
});

const operation = fc.oneof(
  fc.record({ op: fc.constant("put" as const), key: fc.constantFrom("a", "b", "c"), length: fc.nat(9_000) }),
  fc.record({ op: fc.constant("delete" as const), key: fc.constantFrom("a", "b", "c"), length: fc.constant(0) }),
);

property(
  "what a keyspace counts is what it holds, also after a snapshot, and both go on alike",
  [fc.array(operation, { maxLength: 40 }), fc.array(operation, { maxLength: 40 })],
  (before, after) => {
    const keyspace = keyspaceOf(48 * kb);
    const play = (on: Keyspace, operations: typeof before) =>
      operations.map(({ op, key, length }) => carryOut(on, op === "put" ? put(key, length) : remove(key)));
    play(keyspace, before);
    const copy = copyOf(keyspace);
    assert.deepEqual(copy.space, keyspace.space);
    assert.deepEqual(play(copy, after), play(keyspace, after));
    assert.deepEqual(copy.space, keyspace.space);
    const { liveBytes, historyBytes } = keyspace.space;
    assert.deepEqual({ liveBytes, historyBytes }, counted(keyspace));
  },
);
