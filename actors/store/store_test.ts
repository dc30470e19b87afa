import { raft as raftInvariants } from "../../properties/checkers/raft.ts";
import { assert, test } from "../../properties/test.ts";
import { diskModel } from "../../runtime/devices/disk_model.ts";
import type { Fault } from "../../runtime/faults/fault.ts";
import { createSimulation } from "../../runtime/hosts/simulation.ts";
import type { StoreData } from "./data.ts";
import { store } from "./definition.ts";
import type { RangeAnswer, StoreAnswer, StoreInput, StoreRequest, TxnAnswer } from "./messages.ts";

interface GroupOptions {
  readonly seed?: number;
  readonly size?: number;
  readonly input?: Partial<StoreInput>;
  readonly faults?: readonly Fault[];
}

function group({ seed = 1, size = 3, input = {}, faults = [] }: GroupOptions = {}) {
  const members = Array.from({ length: size }, (_, i) => `s${i}`);
  const disk = diskModel();
  const simulation = createSimulation({ cast: { actors: [store], devices: [disk] }, seed, faults });
  for (const name of members) {
    simulation.spawnNow({ name, kind: "store", input: { members, ...input }, restartsMax: 1_000 });
  }
  const watch = raftInvariants.watch();
  const data = (member: string) => simulation.dataOf(member) as StoreData | undefined;
  simulation.onStep(() => {
    const views = members.flatMap((member) => data(member)?.raft ?? []);
    const wrong = watch.check(views);
    if (wrong) throw new Error(wrong);
  });
  const leader = () =>
    members.find((member) => data(member)?.raft.role === "leader" && simulation.report(member)?.state === "running");
  const ask = (to: string, body: StoreRequest) => simulation.askNow(to, body, 10_000) as StoreAnswer;
  const put = (to: string, key: string, value: string) =>
    ask(to, { type: "store.txn", compare: [], success: [{ op: "put", key, value }], failure: [] });
  const awaitLeader = () =>
    assert.ok(simulation.runUntil(() => leader() !== undefined, simulation.uptimeMs() + 10_000));
  return { simulation, members, data, leader, ask, put, awaitLeader, disk };
}

test("a group elects a leader within half a second, writes through any replica, and reads what was written", () => {
  for (const size of [1, 3, 5]) {
    const { simulation, members, put, ask, awaitLeader } = group({ size });
    awaitLeader();
    assert.ok(simulation.uptimeMs() < 500, `elected after ${simulation.uptimeMs()} ms`);
    for (const [i, member] of members.entries()) {
      const answer = put(member, `k${i}`, `v${i}`) as TxnAnswer;
      assert.equal(answer.revision, i + 2);
    }
    for (const member of members) {
      const answer = ask(member, { type: "store.range", key: "k", end: "l" }) as RangeAnswer;
      assert.deepEqual(
        answer.kvs.map(({ value }) => value),
        members.map((_, i) => `v${i}`),
      );
    }
  }
});

test("a group goes on when its leader crashes, and the replica that comes back catches up", () => {
  const { simulation, members, leader, put, data, awaitLeader } = group();
  awaitLeader();
  for (let i = 0; i < 20; i++) assert.equal(put("s0", `a${i}`, "x").type, "store.txn.ok");
  const first = leader() as string;
  simulation.crashNow(first, "test");
  awaitLeader();
  for (let i = 0; i < 20; i++) put(members.find((member) => member !== first) as string, `b${i}`, "y");
  simulation.advance(1_000);
  const states = members.map((member) => {
    const { keyspace } = data(member) as StoreData;
    const kvs: unknown[] = [];
    keyspace.keys.each("", undefined, (versions) => void kvs.push(...versions));
    return { revision: keyspace.revision, kvs };
  });
  assert.deepEqual(states[0], states[1]);
  assert.deepEqual(states[0], states[2]);
  assert.equal(states[0]?.revision, 41);
  assert.deepEqual(simulation.failures(), []);
});
