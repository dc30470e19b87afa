import { assert, test } from "../../../properties/house/test.ts";
import { createStep } from "../../../runtime/core/step.ts";
import { memoryPlan } from "../memory.ts";
import type { ApiRequest, ApiWatchEvents } from "../messages.ts";
import { fromComponent } from "../requests/from_component.ts";
import { tickWatchers } from "./watch_times.ts";
import { addWatcher, createWatchers, flushWatchers, type Watcher } from "./watchers.ts";

/** Open watches of two components, at a server whose seconds pass one by one. */
function stage() {
  const control = createStep({ self: "apiserver/0", parent: "", incarnation: 0, randomKey: 1 });
  const watchers = createWatchers(memoryPlan());
  const { step } = control;
  let uptimeMs = 0;
  control.next(0, 0);
  const open = (from: string, watch: number): Watcher => {
    const body = { type: "api.request", verb: "watch", watch } as ApiRequest;
    const sink = fromComponent({ components: () => undefined }, { type: body.type, body, from, ask: 1 }).openSink(step);
    const watcher = {
      id: watchers.nextId++,
      cache: { prefix: "/registry/pods/" },
      selection: { key: `/registry/pods/${watch}` },
      sink,
      bookmarks: false,
      endsAtMs: Number.POSITIVE_INFINITY,
      after: 0,
      pending: [],
      backlogChars: 0,
      initial: 0,
      sentAtMs: step.uptimeMs,
      bookmarkAtMs: 0,
    } as unknown as Watcher;
    addWatcher(watchers, watcher);
    return watcher;
  };
  /** What is sent: to whom, of which watches the how manieth piece, with how many events (none where only the last one is named). */
  const sent = () =>
    control
      .takeEffects()
      .flatMap((effect) => (effect.kind === "send" ? [effect] : []))
      .map(({ to, body }) => {
        const { pieces } = body as ApiWatchEvents;
        return `${to}: ${pieces.map(({ watch, sequence, events }) => `${watch}.${sequence}+${events?.length ?? 0}`).join(" ")}`;
      });
  return {
    open,
    sent,
    tell(watcher: Watcher) {
      watcher.pending.push({ type: "ADDED", object: "{}" });
      watchers.dirty.add(watcher);
      flushWatchers(watchers, step);
    },
    passSecond() {
      uptimeMs += 1_000;
      control.next(uptimeMs, uptimeMs);
      tickWatchers(watchers, 1, step);
      return sent();
    },
  };
}

test("tickWatchers() shows by one message each five seconds that all watches of a component live", () => {
  const { open, passSecond, sent } = stage();
  for (const watch of [1, 2, 3]) open("kubelet/a", watch);
  open("kubelet/b", 7);
  sent();
  const told = Array.from({ length: 10 }, () => passSecond());
  assert.deepEqual(told.slice(0, 4).flat(), []);
  assert.deepEqual(told[4], ["kubelet/a: 1.0+0 2.0+0 3.0+0", "kubelet/b: 7.0+0"]);
  assert.deepEqual(told.slice(5, 9).flat(), []);
  assert.deepEqual(told[9], ["kubelet/a: 1.0+0 2.0+0 3.0+0", "kubelet/b: 7.0+0"]);
});

test("tickWatchers() says the number of a watch that had news with those that had none", () => {
  const { open, passSecond, sent, tell } = stage();
  const [first] = [open("kubelet/a", 1), open("kubelet/a", 2)];
  sent();
  for (let second = 0; second < 3; second++) passSecond();
  tell(first);
  assert.deepEqual(sent(), ["kubelet/a: 1.1+1"]);
  assert.deepEqual(passSecond(), []);
  // Whether that piece was lost is seen as early as any other would have been.
  assert.deepEqual(passSecond(), ["kubelet/a: 1.1+0 2.0+0"]);
});
