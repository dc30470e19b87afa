import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { compactionDropsDelete } from "../../../properties/mutations/compaction_drops_delete.ts";
import type { Compare, KeyValue, Operation, RangeAnswer, StoreEvent, TxnAnswer } from "../messages.ts";
import * as applying from "./apply.ts";
import { apply } from "./apply.ts";
import { type Command, decodeCommand, encodeCommand } from "./command.ts";
import { changesAt, createKeyspace, type Keyspace } from "./keyspace.ts";
import { range } from "./range.ts";
import { beginRestore, beginSnapshot, endRestore, endSnapshot, nextPart, restorePart } from "./snapshot.ts";

/** The naive model: a copy of everything at every revision. */
interface Model {
  readonly states: Map<string, KeyValue>[];
  readonly changes: StoreEvent[][];
  compacted: number;
}

const revisionOf = (model: Model) => model.states.length - 1;
const isIn = (key: string, where: { key: string; end?: string }) =>
  where.end === undefined ? key === where.key : key >= where.key && (where.end === "\0" || key < where.end);

function createModel(): Model {
  return { states: [new Map(), new Map()], changes: [[], []], compacted: 0 };
}

function sorted(state: Map<string, KeyValue>, where: { key: string; end?: string }): KeyValue[] {
  return [...state.values()].filter(({ key }) => isIn(key, where)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

function modelTxn(model: Model, { compare, success, failure }: Command & { kind: "txn" }): TxnAnswer {
  const before = model.states.at(-1) as Map<string, KeyValue>;
  const state = new Map(before);
  const succeeded = compare.every((each) => modelHolds(each, before.get(each.key)));
  const revision = revisionOf(model) + 1;
  const changes: StoreEvent[] = [];
  const results = (succeeded ? success : failure).map((each) => {
    if (each.op === "put") {
      const old = state.get(each.key);
      const kv = {
        ...{ key: each.key, value: each.value, createRevision: old?.createRevision ?? revision },
        ...{ modRevision: revision, version: (old?.version ?? 0) + 1 },
      };
      state.set(each.key, kv);
      changes.push(old ? { type: "put", kv, previous: old } : { type: "put", kv });
      return { op: "put" as const };
    }
    const found = sorted(state, each);
    if (each.op === "range") return { op: "range" as const, kvs: found };
    for (const old of found) {
      state.delete(old.key);
      const kv = { key: old.key, value: "", createRevision: 0, modRevision: revision, version: 0 };
      changes.push({ type: "delete", kv, previous: old });
    }
    return { op: "delete" as const, deleted: found };
  });
  if (changes.length > 0) {
    model.states.push(state);
    model.changes.push(changes);
  }
  return { type: "store.txn.ok", revision: revisionOf(model), succeeded, results };
}

function modelHolds({ target, result, value }: Compare, kv: KeyValue | undefined): boolean {
  if (target === "value" && !kv) return false;
  const all = {
    mod: kv?.modRevision ?? 0,
    create: kv?.createRevision ?? 0,
    version: kv?.version ?? 0,
    value: kv?.value ?? "",
  };
  const actual = all[target];
  if (result === "equal") return actual === value;
  if (result === "notEqual") return actual !== value;
  return result === "greater" ? actual > value : actual < value;
}

const key = fc.constantFrom("a", "a/1", "a/2", "b", "b/1", "c");
const end = fc.option(fc.constantFrom("a0", "b", "b0", "d", "\0"), { nil: undefined });
const where = fc.tuple(key, end).map(([from, to]) => (to === undefined ? { key: from } : { key: from, end: to }));
const value = fc.constantFrom("", "1", "two\nlines", "drei é 水");
const compare: fc.Arbitrary<Compare> = fc.oneof(
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
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant("put" as const), key, value }) },
  { weight: 2, arbitrary: where.map((at) => ({ op: "delete" as const, ...at })) },
  { weight: 1, arbitrary: where.map((at) => ({ op: "range" as const, ...at })) },
);
const operations = fc.array(operation, { maxLength: 3 });
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
);

/** Everything that can be seen of a keyspace, against the model. */
function assertEqual(keyspace: Keyspace, model: Model) {
  assert.equal(keyspace.revision, revisionOf(model));
  assert.equal(keyspace.compactedRevision, model.compacted);
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
    if (next.kind === "txn") assert.deepEqual(answer, modelTxn(model, next));
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
        then = { states: [...model.states], changes: [...model.changes], compacted: model.compacted };
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
