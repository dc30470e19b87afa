import { assert, fc, property } from "../../properties/house/test.ts";
import { awake, createWakeQueue } from "./wake_queue.ts";

const never = Number.POSITIVE_INFINITY;
const change = fc.record({ who: fc.nat(9), dueMs: fc.oneof(fc.nat(50), fc.constant(never)), passMs: fc.nat(8) });

property(
  "everybody is woken when the time has come that was wanted last, and at no other",
  [fc.array(change)],
  (all) => {
    const sleepers = Array.from({ length: 10 }, () => ({ ...awake(), atMs: never }));
    const queue = createWakeQueue<(typeof sleepers)[number]>(({ atMs }) => atMs);
    let nowMs = 0;
    for (const { who, dueMs, passMs } of all) {
      const sleeper = sleepers[who];
      if (!sleeper) continue;
      sleeper.atMs = nowMs + dueMs;
      queue.heed(sleeper);
      const firstMs = Math.min(...sleepers.map(({ atMs }) => atMs));
      assert.equal(queue.nextMs(), firstMs === never ? undefined : firstMs);
      nowMs += passMs;
      const expected = new Set(sleepers.filter(({ atMs }) => atMs <= nowMs));
      for (let woken = queue.take(nowMs); woken; woken = queue.take(nowMs)) {
        assert.ok(expected.delete(woken));
        woken.atMs = never;
      }
      assert.equal(expected.size, 0);
    }
  },
);
