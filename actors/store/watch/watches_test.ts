import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { Effect } from "../../../runtime/core/effect.ts";
import { createStep } from "../../../runtime/core/step.ts";
import { createKeyspace, type Keyspace } from "../keyspace/keyspace.ts";
import { applyTxn } from "../keyspace/txn.ts";
import type { StoreEvents, WatchRequest } from "../messages.ts";
import { createRangeIndex } from "./range_index.ts";
import {
  cancelWatches,
  closeWatch,
  createWatches,
  deliverChanges,
  dropWatcher,
  hasWatches,
  openWatch,
  tellProgress,
  tellQuiet,
} from "./watches.ts";

function stage() {
  const control = createStep({ self: "s", parent: "", incarnation: 0, randomKey: 1 });
  const [watches, keyspace] = [createWatches(), createKeyspace()];
  const { step } = control;
  let nowMs = 0;
  control.next(0, 0);
  const sent = () => control.takeEffects().filter((effect) => effect.kind === "send");
  return {
    ...{ watches, keyspace, step, control, sent },
    later(ms: number) {
      nowMs += ms;
      control.next(nowMs, nowMs);
    },
    open(body: Omit<WatchRequest, "type">, from = "w") {
      openWatch(watches, keyspace, { from, ask: 1, body: { type: "store.watch", ...body }, step });
    },
    /** One transaction: each key is put. */
    put(...keys: string[]) {
      const after = keyspace.revision;
      applyTxn(keyspace, { compare: [], success: keys.map((key) => ({ op: "put", key, value: "v" })), failure: [] });
      deliverChanges(watches, keyspace, { after, step });
    },
  };
}

const messages = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === "send" ? [effect.body as StoreEvents] : []));
const keysOf = ({ events }: StoreEvents) => events.map(({ kv }) => `${kv.key}@${kv.modRevision}`);

const key = fc.constantFrom("a", "a/1", "a/2", "b", "b/1", "c");
const end = fc.constantFrom(undefined, "a0", "b", "b0", "d", "\0");

property(
  "createRangeIndex() finds who a walk over all finds",
  [fc.array(fc.record({ key, end }), { maxLength: 12 }), fc.array(fc.nat(11)), key],
  (ranges, removed, changed) => {
    const index = createRangeIndex<{ key: string; end: string | undefined }>();
    const left = new Set(ranges);
    for (const range of ranges) index.add(range);
    index.find(changed, () => {});
    for (const i of removed) {
      const range = ranges[i];
      if (range && left.delete(range)) index.remove(range);
    }
    const found = new Set<unknown>();
    index.find(changed, (range) => void found.add(range));
    const expected = [...left].filter((range) =>
      range.end === undefined
        ? range.key === changed
        : changed >= range.key && (range.end === "\0" || changed < range.end),
    );
    assert.deepEqual(found, new Set(expected));
  },
  { runs: 300 },
);

property(
  "a watch is told of its range from its revision on: in order, once, whole revisions, without gaps in its numbers",
  [
    fc.array(fc.uniqueArray(key, { minLength: 1, maxLength: 3 }), { maxLength: 20 }),
    fc.nat(20),
    fc.integer({ min: 1, max: 24 }),
  ],
  (txns, openAt, startRevision) => {
    const { open, put, sent, keyspace } = stage();
    const told: StoreEvents[] = [];
    for (const [i, keys] of txns.entries()) {
      if (i === openAt) open({ watch: 1, key: "a", end: "b", startRevision });
      put(...keys);
      told.push(...messages(sent()));
    }
    const expected = openAt >= txns.length ? [] : historyOf(keyspace, startRevision);
    assert.deepEqual(told.flatMap(keysOf), expected);
    assert.deepEqual(
      told.map((each) => each.sequence),
      told.map((_, i) => i + 1),
    );
    for (const [i, { events, revision }] of told.entries()) {
      for (const { kv } of events)
        assert.ok(kv.modRevision <= revision && kv.modRevision > (told[i - 1]?.revision ?? 0));
    }
  },
  { runs: 300 },
);

function historyOf(keyspace: Keyspace, from: number): string[] {
  return keyspace.changes.flatMap((events) =>
    events.flatMap(({ kv }) =>
      kv.modRevision >= from && kv.key >= "a" && kv.key < "b" ? [`${kv.key}@${kv.modRevision}`] : [],
    ),
  );
}

test("a quiet watch hears of the store after a second, then less often", () => {
  const { open, put, later, sent, watches, keyspace, step } = stage();
  open({ watch: 1, key: "a", startRevision: 0 });
  put("b");
  const heardAt: number[] = [];
  for (let second = 1; second <= 20; second++) {
    later(1_000);
    tellQuiet(watches, keyspace.revision, step);
    for (const { revision, events } of messages(sent())) {
      assert.deepEqual([revision, events.length], [2, 0]);
      heardAt.push(second);
    }
  }
  assert.deepEqual(heardAt, [1, 3, 7, 12, 17]);
});

test("progress on request tells all watches of one watcher", () => {
  const { open, sent, watches, step } = stage();
  open({ watch: 1, key: "a", startRevision: 0 });
  open({ watch: 2, key: "b", startRevision: 0 });
  open({ watch: 3, key: "b", startRevision: 0 }, "other");
  tellProgress(watches, "w", { revision: 1, step });
  assert.deepEqual(
    messages(sent()).map((each) => each.watch),
    [1, 2],
  );
});

test("a watch gets replaced values only if it asked for them", () => {
  const { open, put, sent } = stage();
  put("a");
  open({ watch: 1, key: "a", startRevision: 0, previous: true });
  open({ watch: 2, key: "a", startRevision: 0 });
  put("a");
  const told = new Map(messages(sent()).map((each) => [each.watch, each.events[0]?.previous?.modRevision]));
  assert.deepEqual([told.get(1), told.get(2)], [2, undefined]);
});

test("a cancelled watch is told so a few times, and then forgotten", () => {
  const { open, later, sent, watches, step } = stage();
  open({ watch: 1, key: "a", startRevision: 0 });
  cancelWatches(watches, { reason: "slow", compactRevision: 0, step, which: () => true });
  let told = messages(sent()).length;
  for (let second = 0; second < 10; second++) {
    later(1_000);
    tellQuiet(watches, 1, step);
    told += messages(sent()).length;
  }
  assert.equal(told, 5);
  assert.equal(hasWatches(watches), false);
});

test("an ended watch and a watcher that is gone are not told anything more", () => {
  const { open, put, sent, watches } = stage();
  open({ watch: 1, key: "a", startRevision: 0 });
  open({ watch: 2, key: "a", startRevision: 0 });
  open({ watch: 1, key: "a", startRevision: 0 }, "gone");
  closeWatch(watches, "w", 1);
  dropWatcher(watches, "gone");
  put("a");
  assert.deepEqual(
    sent().map((effect) => effect.kind === "send" && [effect.to, (effect.body as StoreEvents).watch]),
    [["w", 2]],
  );
});

test("a watch whose opening the network doubles is opened once", () => {
  const { open, put, sent } = stage();
  put("a");
  open({ watch: 1, key: "a", startRevision: 2 });
  open({ watch: 1, key: "a", startRevision: 2 });
  assert.equal(sent().length, 1);
});
