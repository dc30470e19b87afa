import { assert, test } from "../../properties/house/test.ts";
import { createStep } from "../../runtime/core/step.ts";
import { createTimers } from "./timers.ts";
import { createWatchStreams } from "./watch_streams.ts";

test("each stream's silence is noticed in its own time, also when another was taken up while they were looked at", () => {
  const control = createStep({ self: "client", parent: "", incarnation: 0, randomKey: 1 });
  const timers = createTimers("client");
  const streams = createWatchStreams(timers, 15_000);
  const ended: string[] = [];
  let dueMs = 0;
  const at = (nowMs: number, body: () => void) => {
    control.next(nowMs, nowMs);
    body();
    for (const effect of control.takeEffects()) if (effect.kind === "timer") dueMs = nowMs + effect.delayMs;
  };
  const { step } = control;
  const handlers = (name: string, then?: () => void) => ({
    events: () => {},
    ended: () => {
      ended.push(`${name} at ${step.uptimeMs}`);
      then?.();
    },
  });
  at(0, () => {
    streams.add(
      step,
      1,
      handlers("first", () => streams.add(step, 3, handlers("third"))),
    );
    streams.add(step, 2, handlers("second"));
  });
  at(800, () => streams.piece(step, { watch: 2, sequence: 1, events: [] }));
  while (ended.length < 3) at(dueMs, () => timers.handle({ type: "timer.client.streams" }, step));
  assert.deepEqual(ended, ["first at 15000", "second at 15800", "third at 30000"]);
});
