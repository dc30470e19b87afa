import { assert, test } from "../../properties/house/test.ts";
import { readBolt } from "../../properties/stages/etcd/bolt_reader.ts";
import { etcdStage } from "../../properties/stages/etcd/etcd_stage.ts";
import { bytesOfLatin1 } from "../kit/byte_text.ts";
import { sha256 } from "../kit/sha256.ts";
import { decodeMessage } from "./protocol/codec.ts";
import type { Given } from "./protocol/schema.ts";

const kv = "/etcdserverpb.KV/";
const lease = "/etcdserverpb.Lease/";

test("the front reads, writes, deletes and compares as etcd does, in its words", () => {
  const { ask } = etcdStage();
  const put = (key: string, value: string, more: Given<"PutRequest"> = {}) => ask(`${kv}Put`, { key, value, ...more });
  const range = (message: Given<"RangeRequest">) => {
    const found = ask(`${kv}Range`, message);
    return typeof found === "string" ? found : found.kvs.map(({ key, value }) => `${key}=${value}`).join(" ");
  };
  for (const [key, value] of ["b=2", "a=3", "c=1", "d=\uffff\u0080"].map((each) => each.split("="))) {
    put(key ?? "", value ?? "");
  }
  assert.equal(range({ key: "a" }), "a=3");
  assert.equal(range({ key: "a", range_end: "c" }), "a=3 b=2");
  assert.equal(range({ key: "\0", range_end: "\0" }), "a=3 b=2 c=1 d=\uffff\u0080");
  assert.equal(range({ key: "a", range_end: "d", sort_order: 2, sort_target: 4, limit: 2 }), "a=3 b=2");
  assert.equal(range({ key: "a", range_end: "d", sort_target: 3 }), "b=2 a=3 c=1");
  assert.equal(range({ key: "a", range_end: "d", min_mod_revision: 3, keys_only: true }), "a= c=");
  assert.equal(range({ key: "" }), "3 etcdserver: key is not provided");
  assert.equal(range({ key: "a", revision: 99 }), "11 etcdserver: mvcc: required revision is a future revision");
  assert.equal(put("z", "", { ignore_value: true }), "3 etcdserver: key not found");
  assert.equal(put("z", "1", { lease: "7" }), "5 etcdserver: requested lease not found");

  const twice = [{ request_put: { key: "x" } }, { request_delete_range: { key: "w", range_end: "y" } }];
  assert.equal(ask(`${kv}Txn`, { success: twice }), "3 etcdserver: duplicate key given in txn request");
  const done = ask(`${kv}Txn`, {
    compare: [{ key: "a", range_end: "c", target: 2, result: 2, mod_revision: 4 }],
    success: [{ request_put: { key: "a", value: "4", prev_kv: true } }, { request_range: { key: "a" } }],
  });
  assert.ok(typeof done !== "string" && done.succeeded);
  const [first, second] = done.responses;
  assert.equal(first?.response_put?.prev_kv?.value, "3");
  assert.deepEqual(
    second?.response_range?.kvs.map(({ value, version }) => [value, version]),
    [["4", 2]],
  );

  const gone = ask(`${kv}DeleteRange`, { key: "a", range_end: "c", prev_kv: true });
  assert.ok(typeof gone !== "string");
  assert.deepEqual([gone.deleted, gone.prev_kvs.map(({ key }) => key)], [2, ["a", "b"]]);
  assert.notEqual(typeof ask(`${kv}Compact`, { revision: 6 }), "string");
  assert.equal(range({ key: "a", revision: 5 }), "11 etcdserver: mvcc: required revision has been compacted");
});

test("a snapshot is a file of etcd's database of one revision, with its checksum behind it", () => {
  const { ask, call, simulation } = etcdStage();
  const names = Array.from({ length: 1_100 }, (_each, at) => `k${String(at).padStart(4, "0")}`);
  for (let at = 0; at < names.length; at += 100) {
    const success = names.slice(at, at + 100).map((key) => ({ request_put: { key, value: `of ${key}` } }));
    assert.notEqual(typeof ask(`${kv}Txn`, { success }), "string");
  }
  const granted = ask(`${lease}LeaseGrant`, { TTL: 600, ID: "7" });
  assert.ok(typeof granted !== "string" && granted.ID === "7");
  const revision = typeof granted === "string" ? 0 : (granted.header?.revision ?? 0);
  const saved = call("/etcdserverpb.Maintenance/Snapshot");
  saved.say({});
  // What is written while the store is read is of a later revision.
  const late = call(`${kv}Put`);
  late.say({ key: "k9999", value: "too late" });
  simulation.runUntil(() => saved.end() !== undefined, simulation.uptimeMs() + 20_000);
  assert.equal(saved.end(), "ok");
  assert.equal(late.end() ?? late.heard.length, 1);

  const blobs = saved.heard.map(({ blob }) => bytesOfLatin1(blob));
  const sum = blobs.pop();
  const file = new Uint8Array(Buffer.concat(blobs));
  assert.deepEqual(sum, sha256(file));
  assert.ok(
    saved.heard.every(
      ({ remaining_bytes: left }, at) => at === 0 || left < (saved.heard[at - 1]?.remaining_bytes ?? 0) || left === 0,
    ),
  );
  const buckets = readBolt(file);
  const kvs = [...(buckets.get("key") ?? [])].map(([, value]) => decodeMessage("KeyValue", bytesOfLatin1(value)));
  assert.deepEqual(
    kvs.map(({ key, value }) => `${key}=${value}`),
    names.map((name) => `${name}=of ${name}`),
  );
  const [first = ""] = buckets.get("key")?.keys() ?? [];
  assert.equal(Buffer.from(first, "latin1").toString("hex"), "00000000000000025f0000000000000000");
  assert.equal(buckets.get("lease")?.size, 1);
  const compacted = Buffer.from(buckets.get("meta")?.get("finishedCompactRev") ?? "", "latin1");
  assert.equal(compacted.readBigUInt64BE(), BigInt(revision));
});

test("a watch is created once a replica can open it, however often it is tried", () => {
  const { simulation, ask, call, front } = etcdStage();
  const watch = call("/etcdserverpb.Watch/Watch");
  const { store } = simulation.dataOf(front) as { store: { members: readonly string[] } };
  for (let times = 0; times < 200; times++) {
    for (const replica of store.members) simulation.crashNow(replica, "test");
    if (times === 0) watch.say({ create_request: { key: "k" } });
    simulation.advance(100);
  }
  simulation.advance(5_000);
  watch.end();
  assert.deepEqual(
    watch.heard.map(({ created }) => created),
    [true],
  );
  assert.notEqual(typeof ask(`${kv}Put`, { key: "k", value: "1" }), "string");
  simulation.advance(1_000);
  watch.end();
  assert.deepEqual(
    watch.heard.map(({ events }) => events.length),
    [0, 1],
  );
});

test("a watch of the front goes on at another replica, without a gap and without an event twice", () => {
  const { simulation, ask, call, data, front } = etcdStage();
  const watch = call("/etcdserverpb.Watch/Watch");
  watch.say({ create_request: { key: "k", range_end: "l", start_revision: 1, prev_kv: true } });
  watch.say({ create_request: { key: "k1", filters: [0], watch_id: 9 } });
  for (let i = 0; i < 12; i++) {
    if (i % 4 === 3) {
      const { watches } = simulation.dataOf(front) as { watches: Map<number, { replica: string }> };
      simulation.crashNow([...watches.values()][0]?.replica ?? "", "test");
      simulation.advance(3_000);
    }
    assert.notEqual(typeof ask(`${kv}Put`, { key: `k${i % 3}`, value: `${i}` }), "string");
  }
  ask(`${kv}DeleteRange`, { key: "k1" });
  simulation.advance(20_000);
  watch.end();
  const events = (id: number) => watch.heard.filter((each) => each.watch_id === id).flatMap((each) => each.events);
  const revisions = events(0).map(({ kv: changed }) => changed?.mod_revision);
  assert.deepEqual(
    revisions,
    Array.from({ length: 13 }, (_, i) => i + 2),
  );
  assert.deepEqual(
    events(0)
      .map(({ prev_kv: previous }) => previous?.value)
      .slice(0, 4),
    [undefined, undefined, undefined, "0"],
  );
  assert.deepEqual(
    events(9).map(({ type }) => type),
    [1],
  );

  watch.say({ progress_request: {} });
  simulation.advance(1_000);
  watch.end();
  const last = watch.heard.at(-1);
  assert.deepEqual([last?.watch_id, last?.header?.revision], [-1, 14]);
  ask(`${kv}Compact`, { revision: 10 });
  watch.say({ create_request: { key: "k", start_revision: 3, watch_id: 5 } });
  watch.say({ cancel_request: { watch_id: 9 } });
  simulation.advance(1_000);
  watch.end();
  const ended = watch.heard.filter(({ canceled }) => canceled).map((each) => [each.watch_id, each.compact_revision]);
  assert.deepEqual(ended.sort(), [
    [5, 10],
    [9, 0],
  ]);
  watch.hangUp(false);
  simulation.advance(1_000);
  for (const member of ["store/0", "store/1", "store/2"]) assert.equal(data(member)?.watches.byWatcher.size, 0);
});

test("leases of the front end with their keys when nobody keeps them, not before, and not by a change of leaders", () => {
  const { simulation, ask, call, leader, awaitLeader } = etcdStage();
  const grant = ask(`${lease}LeaseGrant`, { TTL: 5 });
  assert.ok(typeof grant !== "string" && BigInt(grant.ID) > 0n && grant.TTL === 5);
  const other = "-5";
  assert.notEqual(typeof ask(`${lease}LeaseGrant`, { TTL: 1, ID: other }), "string");
  assert.equal(ask(`${lease}LeaseGrant`, { TTL: 9, ID: other }), "9 etcdserver: lease already exists");
  ask(`${kv}Put`, { key: "mine", value: "1", lease: grant.ID });
  ask(`${kv}Put`, { key: "other", value: "1", lease: other });
  const keys = () => {
    const found = ask(`${kv}Range`, { key: "\0", range_end: "\0", keys_only: true });
    return typeof found === "string" ? found : found.kvs.map(({ key }) => key).join(" ");
  };
  simulation.advance(1_900);
  assert.equal(keys(), "mine other");
  const keep = call(`${lease}LeaseKeepAlive`);
  for (let round = 0; round < 4; round++) {
    keep.say({ ID: grant.ID });
    simulation.advance(2_000);
    if (round === 1) {
      simulation.crashNow(leader() ?? "", "test");
      assert.ok(awaitLeader());
    }
  }
  assert.equal(keys(), "mine");
  keep.end();
  assert.deepEqual(
    keep.heard.map(({ TTL }) => TTL),
    [5, 5, 5, 5],
  );
  const told = ask(`${lease}LeaseTimeToLive`, { ID: grant.ID, keys: true });
  assert.ok(typeof told !== "string" && told.TTL >= 2 && told.TTL <= 3 && told.grantedTTL === 5);
  assert.deepEqual(told.keys, ["mine"]);
  simulation.advance(6_000);
  assert.equal(keys(), "");
  const gone = ask(`${lease}LeaseTimeToLive`, { ID: grant.ID });
  assert.ok(typeof gone !== "string" && gone.TTL === -1);
  assert.equal(ask(`${lease}LeaseRevoke`, { ID: other }), "5 etcdserver: requested lease not found");
});

test("the front tells of members, hands leadership over, and changes who the group is made of", () => {
  const { simulation, ask, leader, members } = etcdStage();
  const cluster = "/etcdserverpb.Cluster/";
  const list = ask(`${cluster}MemberList`, {});
  assert.ok(typeof list !== "string");
  assert.deepEqual(
    list.members.map(({ name }) => name),
    members,
  );
  const idOf = (name: string | undefined) => list.members.find((each) => each.name === name)?.ID ?? "0";
  const next = members.find((member) => member !== leader());
  assert.notEqual(typeof ask("/etcdserverpb.Maintenance/MoveLeader", { targetID: idOf(next) }), "string");
  assert.equal(leader(), next);
  assert.equal(ask(`${cluster}MemberPromote`, { ID: idOf(next) }), "9 etcdserver: can only promote a learner member");
  assert.equal(ask(`${cluster}MemberRemove`, { ID: "3" }), "5 etcdserver: member not found");

  const added = ask(`${cluster}MemberAdd`, { peerURLs: ["troupe://store/3"], isLearner: true });
  assert.ok(typeof added !== "string" && added.members.length === 4 && added.member?.isLearner);
  const ID = added.member.ID;
  const early = ask(`${cluster}MemberPromote`, { ID });
  assert.equal(early, "9 etcdserver: can only promote a learner member which is in sync with leader");
  const input = { members: [...members, "store/3"] };
  simulation.spawnNow({ name: "store/3", kind: "store", input });
  simulation.advance(5_000);
  assert.notEqual(typeof ask(`${cluster}MemberPromote`, { ID }), "string");
  const old = members.find((member) => member !== leader());
  const left = ask(`${cluster}MemberRemove`, { ID: idOf(old) });
  assert.ok(typeof left !== "string");
  assert.deepEqual(
    left.members.map(({ name }) => name),
    [...members.filter((each) => each !== old), "store/3"],
  );
  // It has to hear of its end before it can say so.
  simulation.advance(3_000);
  const put = ask(`${kv}Put`, { key: "a", value: "1" });
  assert.ok(typeof put !== "string", `${put}`);
  simulation.advance(1_000);
  const status = ask("/etcdserverpb.Maintenance/Status", {});
  assert.ok(
    typeof status !== "string" && status.version.startsWith("3.5") && status.raftIndex >= status.raftAppliedIndex,
  );
});
