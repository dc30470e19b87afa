import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { commandText, createEntry, readEntry } from "./entry.ts";
import {
  append,
  createLog,
  entriesFrom,
  findConflict,
  forgetTo,
  isUpToDate,
  lastIndex,
  lastTerm,
  termAt,
  truncateFrom,
} from "./log.ts";
import { acknowledge, createProgress, inflightMax, maySend, toProbe } from "./progress.ts";
import { createSequenceWindow, firstSeen } from "./sequence_window.ts";

property(
  "firstSeen() lets each number pass once, whatever the order",
  [fc.shuffledSubarray(Array.from({ length: 40 }, (_, i) => i + 1)), fc.array(fc.nat(39))],
  (order, doubled) => {
    const window = createSequenceWindow();
    const passed = [...order, ...doubled.flatMap((i) => order[i] ?? [])].filter((number) => firstSeen(window, number));
    assert.deepEqual(passed, order);
  },
);

test("firstSeen() gives up a number that is missing for long, and stays small", () => {
  const window = createSequenceWindow();
  for (let number = 2; number < 5_000; number++) assert.ok(firstSeen(window, number));
  assert.ok(window.beyond.size <= 1_024);
  assert.equal(firstSeen(window, 1), false);
});

property("an entry gives its parts back", [fc.nat(), fc.nat(), fc.string()], (index, term, command) => {
  const entry = createEntry(index, term, command);
  assert.deepEqual(readEntry(entry.record), entry);
  assert.equal(commandText(entry), command);
});

const terms = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }).map((list) => list.sort((a, b) => a - b));

function logOf(list: readonly number[]) {
  const log = createLog(0, 0);
  for (const [i, term] of list.entries()) append(log, createEntry(i + 1, term, ""));
  return log;
}

property("findConflict() never skips an entry that matches", [terms, terms], (left, right) => {
  const [a, b] = [logOf(left), logOf(right)];
  // The last place where both agree, as a walk from the beginning finds it.
  let agreed = 0;
  while (agreed < left.length && agreed < right.length && left[agreed] === right[agreed]) agreed++;
  const hint = findConflict(a, lastIndex(b), lastTerm(b));
  assert.ok(hint.index >= agreed, "the follower's hint");
  assert.ok(findConflict(b, hint.index, hint.term).index >= agreed, "what the leader makes of it");
});

property(
  "forgetting the beginning of a log changes nothing behind it",
  [terms, fc.nat(12), fc.nat(12)],
  (list, forget, index) => {
    const [whole, cut] = [logOf(list), logOf(list)];
    forgetTo(cut, forget);
    assert.equal(lastIndex(cut), lastIndex(whole));
    assert.equal(lastTerm(cut), lastTerm(whole));
    if (index >= cut.snapshotIndex) assert.equal(termAt(cut, index), termAt(whole, index));
    else assert.equal(termAt(cut, index), undefined);
  },
);

test("isUpToDate() compares terms, then lengths", () => {
  const log = logOf([1, 2, 2]);
  const lasts = [
    [3, 1],
    [2, 2],
    [3, 2],
    [1, 3],
  ].map(([lastIndex = 0, lastTerm = 0]) => isUpToDate(log, { lastIndex, lastTerm }));
  assert.deepEqual(lasts, [false, false, true, true]);
});

test("truncateFrom() has what was cut off written again", () => {
  const log = createLog(0, 0, [createEntry(1, 1, ""), createEntry(2, 1, "")]);
  assert.equal(log.unstableFrom, 3);
  truncateFrom(log, 2);
  assert.deepEqual([lastIndex(log), log.unstableFrom], [1, 2]);
});

test("entriesFrom() bounds what one message carries, but always carries one", () => {
  const log = logOf([1, 1, 1, 1]);
  assert.equal(entriesFrom(log, 2, { count: 2, length: 1_000 }).length, 2);
  assert.equal(entriesFrom(log, 2, { count: 9, length: 1 }).length, 1);
});

test("a follower is probed one message at a time, then sent ahead of its answers up to a bound", () => {
  const progress = createProgress(10, 0);
  assert.ok(maySend(progress));
  progress.probing = true;
  assert.equal(maySend(progress), false);
  assert.ok(acknowledge(progress, 4));
  assert.deepEqual([progress.state, progress.next], ["replicate", 5]);
  for (let i = 0; i < inflightMax; i++) progress.inflight.push(5 + i);
  assert.equal(maySend(progress), false);
  acknowledge(progress, 5);
  assert.ok(maySend(progress));
  toProbe(progress, 2);
  assert.deepEqual([progress.state, progress.next, progress.inflight.length], ["probe", 6, 0]);
});
