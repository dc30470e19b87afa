import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { compactionDropsDelete } from "../../../properties/mutations/compaction_drops_delete.ts";
import type {
  Compare,
  KeyValue,
  NestedTxn,
  Operation,
  OperationResult,
  RangeAnswer,
  StoreEvent,
  TxnAnswer,
} from "../messages.ts";
import * as applying from "./apply.ts";
import { apply } from "./apply.ts";
import { type Command, decodeCommand, encodeCommand } from "./command.ts";
import { changesAt, createKeyspace, type Keyspace } from "./keyspace.ts";
import { leaseStates } from "./leases.ts";
import { range } from "./range.ts";
import { beginRestore, beginSnapshot, endRestore, endSnapshot, nextPart, restorePart } from "./snapshot.ts";

/** The naive model: a copy of everything at every revision. */
interface Model {
  readonly states: Map<string, KeyValue>[];
  readonly changes: StoreEvent[][];
  compacted: number;
  readonly leases: Map<string, { readonly ttlSeconds: number; readonly endsMs: number }>;
  clockMs: number;
}

const revisionOf = (model: Model) => model.states.length - 1;
const isIn = (key: string, where: { key: string; end?: string }) =>
  where.end === undefined ? key === where.key : key >= where.key && (where.end === "\0" || key < where.end);

function createModel(): Model {
  return { states: [new Map(), new Map()], changes: [[], []], compacted: 0, leases: new Map(), clockMs: 0 };
}

function sorted(state: Map<string, KeyValue>, where: { key: string; end?: string }): KeyValue[] {
  return [...state.values()].filter(({ key }) => isIn(key, where)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

function modelTxn(model: Model, { compare, success, failure }: Omit<NestedTxn, "op">) {
  const before = model.states.at(-1) as Map<string, KeyValue>;
  const state = new Map(before);
  const revision = revisionOf(model) + 1;
  const changes: StoreEvent[] = [];
  const isRefused = { lease: false, key: false };
  const carryOut = (txn: Omit<NestedTxn, "op">): { succeeded: boolean; results: OperationResult[] } => {
    const succeeded = txn.compare.every((each) => modelHoldsForAll(each, before));
    return { succeeded, results: (succeeded ? txn.success : txn.failure).map(one) };
  };
  const one = (each: Operation): OperationResult => {
    if (each.op === "txn") return { op: "txn", ...carryOut(each) };
    if (each.op === "put") {
      isRefused.lease ||= each.lease !== undefined && !model.leases.has(each.lease);
      isRefused.key ||= each.keep !== undefined && !before.has(each.key);
      const old = state.get(each.key);
      const kv = {
        ...{ key: each.key, value: each.keep && each.keep !== "lease" ? (old?.value ?? "") : each.value },
        ...{ createRevision: old?.createRevision ?? revision },
        ...{ modRevision: revision, version: (old?.version ?? 0) + 1 },
        ...leaseField(each.keep && each.keep !== "value" ? old?.lease : each.lease),
      };
      state.set(each.key, kv);
      changes.push(old ? { type: "put", kv, previous: old } : { type: "put", kv });
      return each.previous && old ? { op: "put", previous: old } : { op: "put" };
    }
    const found = sorted(state, each);
    if (each.op === "range") return { op: "range" as const, kvs: found };
    for (const old of found) {
      state.delete(old.key);
      const kv = { key: old.key, value: "", createRevision: 0, modRevision: revision, version: 0 };
      changes.push({ type: "delete", kv, previous: old });
    }
    return { op: "delete" as const, deleted: found };
  };
  const { succeeded, results } = carryOut({ compare, success, failure });
  if (isRefused.lease || isRefused.key) return isRefused;
  if (changes.length > 0) {
    model.states.push(state);
    model.changes.push(changes);
  }
  const answer: TxnAnswer = { type: "store.txn.ok", revision: revisionOf(model), succeeded, results };
  return answer;
}

const leaseField = (lease: string | undefined) => (lease === undefined ? {} : { lease });

function modelHoldsForAll(compare: Compare, state: Map<string, KeyValue>): boolean {
  const found = compare.end === undefined ? [] : sorted(state, { key: compare.key, end: compare.end });
  if (found.length === 0) return modelHolds(compare, compare.end === undefined ? state.get(compare.key) : undefined);
  return found.every((kv) => modelHolds(compare, kv));
}

/** Ends a lease: all its keys go at one revision. */
function modelEnd(model: Model, id: string) {
  const now = sorted(model.states.at(-1) as Map<string, KeyValue>, { key: "", end: "\0" });
  const success = now.flatMap(({ key, lease }) => (lease === id ? [{ op: "delete" as const, key }] : []));
  if (success.length > 0) modelTxn(model, { compare: [], success, failure: [] });
  model.leases.delete(id);
}

function modelLease(model: Model, command: Command & { kind: "lease" }): unknown {
  const { action, lease: id, ttlSeconds } = command;
  const found = model.leases.get(id);
  const ok = (seconds: number) => ({ type: "store.lease.ok", revision: revisionOf(model), id, ttlSeconds: seconds });
  const begin = (seconds: number) => {
    model.leases.set(id, { ttlSeconds: seconds, endsMs: model.clockMs + 1_000 * seconds + 1_000 });
    return ok(seconds);
  };
  if (action === "grant") return found ? "leaseExists" : begin(ttlSeconds);
  if (action === "renew") return found ? begin(found.ttlSeconds) : ok(0);
  if (!found) return "noLease";
  modelEnd(model, id);
  return ok(0);
}

function modelClock(model: Model, clockMs: number) {
  model.clockMs = Math.max(model.clockMs, Math.min(clockMs, model.clockMs + 1_000));
  const ended = [...model.leases].filter(([, { endsMs }]) => endsMs <= model.clockMs);
  ended.sort(([idA, a], [idB, b]) => a.endsMs - b.endsMs || (idA < idB ? -1 : 1));
  for (const [id] of ended) modelEnd(model, id);
}

function modelHolds({ target, result, value }: Compare, kv: KeyValue | undefined): boolean {
  if (target === "value" && !kv) return false;
  const all = {
    mod: kv?.modRevision ?? 0,
    create: kv?.createRevision ?? 0,
    version: kv?.version ?? 0,
    value: kv?.value ?? "",
    lease: Number(kv?.lease ?? 0),
  };
  const actual = all[target];
  if (target === "lease")
    return modelHolds({ key: "", target: "mod", result, value: Number(value) }, { ...none, modRevision: all.lease });
  if (result === "equal") return actual === value;
  if (result === "notEqual") return actual !== value;
  return result === "greater" ? actual > value : actual < value;
}

const none: KeyValue = { key: "", value: "", createRevision: 0, modRevision: 0, version: 0 };

const key = fc.constantFrom("a", "a/1", "a/2", "b", "b/1", "c");
const end = fc.option(fc.constantFrom("a0", "b", "b0", "d", "\0"), { nil: undefined });
const where = fc.tuple(key, end).map(([from, to]) => (to === undefined ? { key: from } : { key: from, end: to }));
const value = fc.constantFrom("", "1", "two\nlines", "drei é 水");
const lease = fc.constantFrom("7", "-9223372036854775808", "9223372036854775807");
const compare: fc.Arbitrary<Compare> = fc.oneof(
  where.map((at) => ({ ...at, target: "version" as const, result: "equal" as const, value: 0 })),
  where.map((at) => ({ ...at, target: "mod" as const, result: "less" as const, value: 4 })),
  fc.record({
    key,
    target: fc.constant("lease" as const),
    result: fc.constantFrom("equal" as const, "greater" as const),
    value: fc.constantFrom("0", "7"),
  }),
  fc.record({
    key,
    target: fc.constantFrom("mod" as const, "create" as const, "version" as const),
    result: fc.constantFrom("equal" as const, "greater" as const, "less" as const, "notEqual" as const),
    value: fc.nat(9),
  }),
  fc.record({
    key,
    target: fc.constant("value" as const),
    result: fc.constantFrom("equal" as const, "less" as const),
    value,
  }),
);
const put = fc.record(
  {
    ...{ op: fc.constant("put" as const), key, value, lease },
    ...{ keep: fc.constantFrom("value" as const, "lease" as const, "both" as const), previous: fc.constant(true) },
  },
  { requiredKeys: ["op", "key", "value"], noNullPrototype: true },
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant("put" as const), key, value }) },
  { weight: 2, arbitrary: put },
  { weight: 2, arbitrary: where.map((at) => ({ op: "delete" as const, ...at })) },
  { weight: 1, arbitrary: where.map((at) => ({ op: "range" as const, ...at })) },
);
const nested: fc.Arbitrary<Operation> = fc.record({
  ...{ op: fc.constant("txn" as const), compare: fc.array(compare, { maxLength: 1 }) },
  ...{ success: fc.array(operation, { maxLength: 2 }), failure: fc.array(operation, { maxLength: 2 }) },
});
const operations = fc.array(fc.oneof({ weight: 6, arbitrary: operation }, nested), { maxLength: 3 });
const origin = { origin: fc.nat(4), life: fc.string(), id: fc.nat() };
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ kind: fc.constant("txn" as const), ...origin, compare: fc.array(compare, { maxLength: 2 }) },
      ...{ success: operations, failure: operations },
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("compact" as const), ...origin, revision: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ kind: fc.constant("lease" as const), ...origin, lease, ttlSeconds: fc.integer({ min: 1, max: 3 }) },
      action: fc.constantFrom("grant" as const, "grant" as const, "renew" as const, "revoke" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("clock" as const), clockMs: fc.nat(6_000) }) },
);

/** Everything that can be seen of a keyspace, against the model. */
function assertEqual(keyspace: Keyspace, model: Model) {
  assert.equal(keyspace.revision, revisionOf(model));
  assert.equal(keyspace.compactedRevision, model.compacted);
  const state = model.states.at(-1) as Map<string, KeyValue>;
  for (const { id, grantedSeconds, keys } of leaseStates(keyspace.leases, undefined)) {
    assert.equal(grantedSeconds, model.leases.get(id)?.ttlSeconds);
    assert.deepEqual(
      keys,
      sorted(state, { key: "", end: "\0" }).flatMap((kv) => (kv.lease === id ? [kv.key] : [])),
    );
  }
  assert.deepEqual([...keyspace.leases.byId.keys()].sort(), [...model.leases.keys()].sort());
  for (let revision = 1; revision <= revisionOf(model) + 1; revision++) {
    for (const at of [{ key: "a", end: "\0" }, { key: "a/1" }, { key: "a/", end: "b/" }]) {
      const answer = range(keyspace, { ...at, revision });
      if (revision > revisionOf(model)) assert.ok(answer.type === "store.error" && answer.code === "future");
      else if (revision < model.compacted) assert.ok(answer.type === "store.error" && answer.code === "compacted");
      else assert.deepEqual((answer as RangeAnswer).kvs, sorted(model.states[revision] as Map<string, KeyValue>, at));
    }
    if (revision >= model.compacted) assert.deepEqual(changesAt(keyspace, revision), model.changes[revision] ?? []);
  }
}

function run(commands: readonly Command[], each: (keyspace: Keyspace, model: Model, i: number) => Keyspace) {
  let keyspace = createKeyspace();
  const model = createModel();
  for (const [i, next] of commands.entries()) {
    const answer = apply(keyspace, { index: i + 1, command: next });
    if (next.kind === "txn") {
      const expected = modelTxn(model, next);
      if (!("lease" in expected)) assert.deepEqual(answer, expected);
      else if (answer?.type !== "store.error")
        assert.fail("a transaction was carried out that needs what is not there");
      else assert.ok(answer.code === "noLease" ? expected.lease : answer.code === "noKey" && expected.key);
    }
    if (next.kind === "lease") {
      const expected = modelLease(model, next);
      assert.deepEqual(answer?.type === "store.error" ? answer.code : answer, expected);
    }
    if (next.kind === "clock") modelClock(model, next.clockMs);
    if (next.kind === "compact") {
      const isOld = next.revision <= model.compacted;
      const code = isOld ? "compacted" : next.revision > revisionOf(model) ? "future" : "ok";
      assert.equal(answer?.type === "store.error" ? answer.code : "ok", code);
      if (code === "ok") model.compacted = next.revision;
    }
    keyspace = each(keyspace, model, i);
  }
  assertEqual(keyspace, model);
}

const commands = fc.array(command, { maxLength: 40 });

property(
  "a keyspace is what a copy of everything at every revision is",
  [commands],
  (list) => {
    run(list, (keyspace) => keyspace);
  },
  { runs: 300 },
);

property(
  "a snapshot taken while the keyspace lives on restores what it was",
  [commands, fc.nat(20), fc.nat(40)],
  (list, begin, until) => {
    let cursor: ReturnType<typeof beginSnapshot> | undefined;
    let then: Model | undefined;
    run(list, (keyspace, model, i) => {
      if (i === begin) {
        cursor = beginSnapshot(keyspace, 1);
        then = { ...model, states: [...model.states], changes: [...model.changes], leases: new Map(model.leases) };
      }
      if (i === until && cursor) endSnapshot(cursor);
      if (i === Math.min(until, list.length) - 1 && cursor && then) {
        const reader = beginRestore(cursor.head);
        while (cursor.nextKey !== undefined) restorePart(reader, nextPart(cursor), "part");
        assertEqual(endRestore(reader), then);
      }
      return keyspace;
    });
  },
  { runs: 300 },
);

property(
  "a keyspace goes on from a snapshot as if nothing had happened",
  [commands, fc.nat(30)],
  (list, at) => {
    run(list, (keyspace, _model, i) => {
      if (i !== at) return keyspace;
      const cursor = beginSnapshot(keyspace, 1);
      const reader = beginRestore(cursor.head);
      while (cursor.nextKey !== undefined) restorePart(reader, nextPart(cursor), "part");
      return endRestore(reader);
    });
  },
  { runs: 300 },
);

property("a command gives itself back", [command], (each) => {
  assert.deepEqual(decodeCommand(encodeCommand(each)), JSON.parse(JSON.stringify(each)));
});

test("apply() applies an entry once", () => {
  const keyspace = createKeyspace();
  const put: Command = {
    kind: "txn",
    origin: 0,
    life: "",
    id: 1,
    compare: [],
    success: [{ op: "put", key: "a", value: "1" }],
    failure: [],
  };
  assert.ok(apply(keyspace, { index: 5, command: put }));
  assert.equal(apply(keyspace, { index: 5, command: put }), undefined);
  assert.equal(keyspace.revision, 2);
});

test("range() counts all and gives the first ones", () => {
  const keyspace = createKeyspace();
  for (let i = 0; i < 5; i++) {
    const put: Operation = { op: "put", key: `k${i}`, value: "v" };
    apply(keyspace, {
      index: i + 1,
      command: { kind: "txn", origin: 0, life: "", id: i, compare: [], success: [put], failure: [] },
    });
  }
  const first = range(keyspace, { key: "k", end: "l", limit: 2 }) as RangeAnswer;
  assert.deepEqual([first.kvs.map((kv) => kv.key), first.more, first.count], [["k0", "k1"], true, 5]);
  const count = range(keyspace, { key: "k", end: "l", countOnly: true }) as RangeAnswer;
  assert.deepEqual([count.kvs, count.more, count.count], [[], false, 5]);
});

test("with compactionDropsDelete a delete at the compacted revision cannot be watched any more", async () => {
  const mutated = await loadMutated<typeof applying>(compactionDropsDelete, "actors/store/keyspace/apply.ts");
  const history = ({ apply }: typeof applying) => {
    const keyspace = createKeyspace();
    const txn = (op: Operation): Command => ({
      kind: "txn",
      origin: 0,
      life: "",
      id: 1,
      compare: [],
      success: [op],
      failure: [],
    });
    const list: Command[] = [
      txn({ op: "put", key: "a", value: "1" }),
      txn({ op: "delete", key: "a" }),
      { kind: "compact", origin: 0, life: "", id: 1, revision: 3 },
    ];
    for (const [i, command] of list.entries()) apply(keyspace, { index: i + 1, command });
    return changesAt(keyspace, 3).map((event) => event.type);
  };
  assert.deepEqual(history(applying), ["delete"]);
  assert.deepEqual(history(mutated), []);
});
