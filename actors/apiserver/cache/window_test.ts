import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { Item } from "../storage/item.ts";
import { type CacheEvent, createWindow, createWindowBudget, eventsAfter, remember, resetWindow } from "./window.ts";

const item = (revision: number, chars: number): Item => {
  return { key: "/registry/x/a", revision, text: "x".repeat(chars), object: undefined };
};

/** A change that writes over a version of so many characters. */
const change = (revision: number, chars: number): CacheEvent => {
  return { revision, key: "/registry/x/a", current: item(revision, 1), previous: item(0, chars), told: undefined };
};

test("remember() keeps between one and two times the events of a window, and says what it has forgotten", () => {
  const window = createWindow(createWindowBudget(1_000_000), 4);
  for (let revision = 1; revision <= 8; revision++) remember(window, change(revision, 1));
  assert.deepEqual([window.events.length, window.forgotten], [4, 4]);
  assert.equal(eventsAfter(window, 3), undefined);
  assert.deepEqual(
    eventsAfter(window, 4)?.map(({ revision }) => revision),
    [5, 6, 7, 8],
  );
  resetWindow(window, 20);
  assert.deepEqual([window.budget.chars, eventsAfter(window, 19), eventsAfter(window, 20)], [0, undefined, []]);
});

test("remember() takes what is too much from the window that holds the most, not from the one that grows", () => {
  const budget = createWindowBudget(1_000);
  const [large, small] = [createWindow(budget, 100), createWindow(budget, 100)];
  for (let revision = 1; revision <= 9; revision++) remember(large, change(revision, 100));
  remember(small, change(10, 150));
  assert.deepEqual([large.events.length, large.forgotten, small.events.length], [4, 5, 1]);
  // One that alone is too much is not kept, and nobody is told that it were.
  remember(small, change(11, 2_000));
  assert.equal(eventsAfter(small, 10), undefined);
  assert.deepEqual(eventsAfter(small, 11), []);
});

property(
  "remember() never keeps more than its budget, and never leaves out what it does not call forgotten",
  [fc.array(fc.tuple(fc.nat(2), fc.nat(400)), { maxLength: 200 })],
  (changes) => {
    const budget = createWindowBudget(1_000);
    const windows = [0, 1, 2].map(() => createWindow(budget, 8));
    const told: number[][] = [[], [], []];
    for (const [index, [which, chars]] of changes.entries()) {
      remember(windows[which] as (typeof windows)[0], change(index + 1, chars));
      told[which]?.push(index + 1);
      const held = windows
        .flatMap(({ events }) => events)
        .reduce((sum, each) => sum + (each.previous?.text.length ?? 0), 0);
      assert.ok(held <= 1_000);
      assert.equal(held, budget.chars);
    }
    for (const [which, window] of windows.entries()) {
      const kept = told[which]?.filter((revision) => revision > window.forgotten);
      assert.deepEqual(
        eventsAfter(window, window.forgotten)?.map(({ revision }) => revision),
        kept,
      );
    }
  },
);
