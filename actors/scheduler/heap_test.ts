import { assert, fc, property } from "../../properties/test.ts";
import { createHeap } from "./heap.ts";

property(
  "createHeap() hands out in order what was pushed and not removed",
  [fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { maxLength: 60 })],
  (entries) => {
    const items = entries.map(([value, removed], index) => ({ value, index, removed }));
    const heap = createHeap<(typeof items)[number]>((a, b) => a.value - b.value || a.index - b.index);
    for (const item of items) heap.push(item);
    for (const item of items) if (item.removed) assert.ok(heap.remove(item));
    const kept = items.filter(({ removed }) => !removed).sort((a, b) => a.value - b.value || a.index - b.index);
    assert.equal(heap.size, kept.length);
    assert.deepEqual(
      Array.from(kept, () => heap.pop()),
      kept,
    );
    assert.equal(heap.pop(), undefined);
  },
);
