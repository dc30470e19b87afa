import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type Alarm, callOff, createAlarms, type Moment } from "./alarms.ts";

const wish = fc.record({ delayMs: fc.integer({ min: -2, max: 30 }), passMs: fc.nat(8), isCalledOff: fc.boolean() });

property(
  "createAlarms() rings each alarm once, in the order of time and of setting, by one timer",
  [fc.array(wish, { maxLength: 40 })],
  (wishes) => {
    let nowMs = 0;
    let timerAtMs = Number.POSITIVE_INFINITY;
    const rung: number[] = [];
    const alarms = createAlarms<Moment>((delayMs) => {
      timerAtMs = nowMs + delayMs;
    });
    const pass = (untilMs: number) => {
      while (timerAtMs <= untilMs) {
        nowMs = timerAtMs;
        timerAtMs = Number.POSITIVE_INFINITY;
        alarms.ring({ uptimeMs: nowMs });
      }
      nowMs = untilMs;
    };
    const expected: { readonly atMs: number; readonly index: number }[] = [];
    for (const [index, { delayMs, passMs, isCalledOff }] of wishes.entries()) {
      const atMs = nowMs + Math.max(0, delayMs);
      const alarm: Alarm<Moment> = alarms.set(
        delayMs,
        ({ uptimeMs }) => {
          assert.equal(uptimeMs, atMs);
          rung.push(index);
        },
        { uptimeMs: nowMs },
      );
      if (isCalledOff) callOff(alarm);
      else expected.push({ atMs, index });
      pass(nowMs + passMs);
    }
    pass(nowMs + 100);
    const inOrder = expected.sort((a, b) => a.atMs - b.atMs || a.index - b.index).map(({ index }) => index);
    assert.deepEqual(rung, inOrder);
    assert.equal(alarms.nextMs(), undefined);
  },
);

test("createAlarms() sets its timer anew only when something comes before what it is set for", () => {
  const armed: number[] = [];
  const alarms = createAlarms<Moment>((delayMs) => void armed.push(delayMs));
  const [first, later] = [{ uptimeMs: 0 }, { uptimeMs: 4 }];
  for (const delayMs of [10, 20, 5]) alarms.set(delayMs, () => {}, first);
  alarms.set(1, () => {}, later);
  alarms.set(1, () => {}, later);
  assert.deepEqual(armed, [10, 5]);
});

test("ring() does what an alarm sets for the same moment, too", () => {
  const rung: string[] = [];
  const alarms = createAlarms<Moment>();
  alarms.set(
    3,
    (at) => {
      rung.push("first");
      alarms.set(0, () => void rung.push("second"), at);
    },
    { uptimeMs: 0 },
  );
  alarms.ring({ uptimeMs: 3 });
  assert.deepEqual(rung, ["first", "second"]);
});
