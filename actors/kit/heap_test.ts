import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createHeap, nowhere } from "./heap.ts";

interface Item {
  heapIndex: number;
  value: number;
  readonly index: number;
}

const byValue = (a: Item, b: Item) => a.value - b.value || a.index - b.index;

property(
  "createHeap() hands out as sorting would what was pushed, moved and not removed",
  [
    fc.array(
      fc.record({
        value: fc.integer({ min: 0, max: 20 }),
        fate: fc.oneof(fc.constant("stays" as const), fc.constant("removed" as const), fc.integer({ max: 20, min: 0 })),
      }),
      { maxLength: 60 },
    ),
  ],
  (entries) => {
    const items = entries.map(({ value, fate }, index) => ({ value, index, fate, heapIndex: nowhere }));
    const heap = createHeap<(typeof items)[number]>(byValue);
    for (const item of items) heap.push(item);
    for (const item of items) {
      if (item.fate === "removed") assert.ok(heap.remove(item));
      else if (typeof item.fate === "number") {
        item.value = item.fate;
        heap.moved(item);
      }
      assert.equal(heap.has(item), item.fate !== "removed");
    }
    const kept = items.filter(({ fate }) => fate !== "removed").sort(byValue);
    assert.equal(heap.size, kept.length);
    assert.deepEqual(
      Array.from(kept, () => heap.pop()),
      kept,
    );
    assert.equal(heap.pop(), undefined);
  },
);

test("remove() says of what is not there, or in another heap, that it is not there", () => {
  const [one, other] = [createHeap<Item>(byValue), createHeap<Item>(byValue)];
  const item = { heapIndex: nowhere, value: 1, index: 0 };
  assert.equal(one.remove(item), false);
  one.push(item);
  assert.equal(other.remove(item), false);
  assert.equal(one.peek(), item);
  assert.equal(one.pop(), item);
  assert.equal(one.remove(item), false);
});
