import { assert, fc, property, test } from "../../properties/house/test.ts";
import { createStep } from "../../runtime/core/step.ts";
import { createTimers } from "./timers.ts";
import { createWorkQueue } from "./work_queue.ts";

function stage() {
  const control = createStep({ self: "me", parent: "", incarnation: 0, randomKey: 1 });
  const timers = createTimers("client");
  const queue = createWorkQueue({ timers });
  let nowMs = 0;
  control.next(0, 0);
  return {
    queue,
    step: control.step,
    /** The delay of the last timer that was set, if any since the last look. */
    timerMs() {
      const set = control.takeEffects().flatMap((each) => (each.kind === "timer" ? [each.delayMs] : []));
      return set.at(-1);
    },
    /** Lets time pass and the queue's timer run out. */
    pass(ms: number) {
      nowMs += ms;
      control.next(nowMs, nowMs);
      timers.handle({ type: "timer.client.queue" }, control.step);
    },
  };
}

test("createWorkQueue() gives a key that was added twice once", () => {
  const { queue } = stage();
  queue.add("a");
  queue.add("a");
  assert.equal(queue.take(), "a");
  assert.equal(queue.take(), undefined);
});

test("createWorkQueue() gives a key that is added while it is worked on again, when that is done", () => {
  const { queue } = stage();
  queue.add("a");
  queue.take();
  queue.add("a");
  assert.equal(queue.take(), undefined);
  queue.done("a");
  assert.equal(queue.take(), "a");
});

test("createWorkQueue() doubles the delay of a key with each failure, up to the most, until it is forgotten", () => {
  const { queue, step, timerMs, pass } = stage();
  for (const delayMs of [5, 10, 20, 40]) {
    queue.addRateLimited(step, "a");
    assert.equal(timerMs(), delayMs);
    pass(delayMs);
    queue.take();
    queue.done("a");
  }
  for (let count = 0; count < 60; count++) {
    queue.addRateLimited(step, "a");
    pass(1_000_000);
  }
  timerMs();
  queue.addRateLimited(step, "a");
  assert.equal(timerMs(), 1_000_000);
  queue.clear(step);
  queue.addRateLimited(step, "b");
  queue.forget("b");
  assert.equal(queue.failures("b"), 0);
});

test("createWorkQueue() keeps the earliest of several delays", () => {
  const { queue, step, pass } = stage();
  queue.addAfter(step, "a", 100);
  queue.addAfter(step, "a", 10);
  queue.addAfter(step, "a", 50);
  pass(9);
  assert.equal(queue.size, 0);
  pass(1);
  assert.equal(queue.take(), "a");
  pass(1_000);
  assert.equal(queue.size, 0);
});

type Op = { readonly op: "add" | "take" | "done" | "after" | "pass"; readonly key: string; readonly ms: number };
const ops: fc.Arbitrary<Op[]> = fc.array(
  fc.record({
    op: fc.constantFrom("add", "take", "done", "after", "pass"),
    key: fc.constantFrom("a", "b", "c"),
    ms: fc.nat(50),
  }),
  { maxLength: 80 },
);

property(
  "createWorkQueue() loses no key, gives none twice at a time, and keeps no order but that of adding",
  [ops],
  (run) => {
    const { queue, step, pass } = stage();
    const working = new Set<string>();
    /** Keys that were wished for since they were last taken. */
    const owed = new Set<string>();
    for (const { op, key, ms } of run) {
      if (op === "add") {
        queue.add(key);
        owed.add(key);
      } else if (op === "after") {
        queue.addAfter(step, key, ms);
        owed.add(key);
      } else if (op === "pass") pass(ms);
      else if (op === "done") {
        queue.done(key);
        working.delete(key);
      } else {
        const taken = queue.take();
        if (taken === undefined) continue;
        assert.ok(!working.has(taken), `${taken} is given while it is worked on`);
        assert.ok(owed.has(taken), `${taken} is given though nobody wished for it`);
        working.add(taken);
      }
    }
    for (const key of working) queue.done(key);
    pass(100);
    const given = new Set<string>();
    for (let key = queue.take(); key !== undefined; key = queue.take()) given.add(key);
    // What was added and not given since must come now; what was taken may have been settled.
    for (const key of owed) assert.ok(given.has(key) || working.has(key) || wasTaken(run, key), `${key} is lost`);
  },
);

function wasTaken(run: readonly Op[], key: string): boolean {
  const lastWish = run.findLastIndex((each) => each.key === key && (each.op === "add" || each.op === "after"));
  return run.slice(lastWish + 1).some(({ op }) => op === "take");
}
