import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import type { ClusterEvent } from "../cluster_event.ts";
import { createProfile } from "../cycle/profile.ts";
import { plugin, unschedulable } from "../framework.ts";
import { podInfo } from "../pod_info.ts";
import { createQueue } from "./queue.ts";

const picky = plugin({
  name: "Picky",
  order: 1,
  events: [{ on: "node.add" }, { on: "pod.labels" }],
  queueSort: (a, b) => b.info.priority - a.info.priority || a.queuedAtMs - b.queuedAtMs,
  preEnqueue: ({ labels }) => (labels.gated ? unschedulable("gated") : undefined),
});
const profile = createProfile([picky]);
const nodeAdded: ClusterEvent = { kind: "node.add" };
const pod = (name: string, more: Partial<Parameters<typeof podOf>[0]> = {}) =>
  podInfo(podOf({ name, uid: name, ...more }));
const rejected = (nowMs: number) => ({ plugins: ["Picky"], nowMs });
const erred = (nowMs: number) => ({ plugins: [], nowMs });

test("a rejected pod waits for an event that its plugin cares about", () => {
  const queue = createQueue({ profile });
  queue.set(pod("a"), 0);
  assert.equal(queue.pop()?.info.name, "a");
  queue.putBack("a", rejected(0));
  assert.equal(queue.happened({ kind: "assigned-pod.delete" }, 100), 0);
  assert.equal(queue.pop(), undefined);
  assert.equal(queue.happened(nodeAdded, 200), 1);
  assert.equal(queue.get("a")?.place, "backoff");
  // Nothing else is to do, so its backoff is cut short.
  assert.equal(queue.pop()?.info.name, "a");
});

test("the backoff doubles from 1 s to 10 s, and a pod after an error waits for all of it", () => {
  const queue = createQueue({ profile });
  queue.set(pod("a"), 0);
  let nowMs = 0;
  const waits: number[] = [];
  for (let attempt = 0; attempt < 6; attempt++) {
    assert.ok(queue.pop());
    queue.putBack("a", erred(nowMs));
    assert.equal(queue.pop(), undefined);
    const waitMs = queue.flush(nowMs) ?? 0;
    waits.push(waitMs);
    nowMs += waitMs;
    queue.flush(nowMs);
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test("an event that comes while a pod is being tried is not lost on it", () => {
  const queue = createQueue({ profile });
  queue.set(pod("a"), 0);
  queue.set(pod("b"), 0);
  queue.pop();
  queue.happened(nodeAdded, 1);
  queue.pop();
  queue.putBack("a", rejected(2));
  queue.putBack("b", rejected(2));
  assert.equal(queue.get("a")?.place, "backoff");
  // This one was taken up after the event, and saw the node.
  assert.equal(queue.get("b")?.place, "unschedulable");
});

test("a change to a pod itself wakes that pod only, also while it is being tried", () => {
  const queue = createQueue({ profile });
  for (const name of ["a", "b", "c"]) {
    queue.set(pod(name), 0);
    queue.pop();
  }
  queue.putBack("a", rejected(0));
  queue.putBack("b", rejected(0));
  queue.set(pod("a", { labels: { x: "1" } }), 1);
  queue.set(pod("c", { labels: { x: "1" } }), 1);
  queue.putBack("c", rejected(2));
  assert.deepEqual(
    ["a", "b", "c"].map((uid) => queue.get(uid)?.place),
    ["backoff", "unschedulable", "backoff"],
  );
});

test("a pod that nothing wakes is tried again after five minutes", () => {
  const queue = createQueue({ profile });
  queue.set(pod("a"), 0);
  queue.pop();
  queue.putBack("a", rejected(0));
  assert.equal(queue.flush(299_999), 1);
  assert.equal(queue.pop(), undefined);
  queue.flush(300_000);
  assert.equal(queue.pop()?.info.name, "a");
});

test("a pod whose priority changes while it waits keeps its place right", () => {
  const queue = createQueue({ profile });
  queue.set(pod("a"), 0);
  queue.set(pod("b"), 0);
  queue.set(pod("b", { priority: 9 }), 0);
  assert.equal(queue.pop()?.info.name, "b");
});

type Command =
  | { readonly do: "set"; readonly pod: number; readonly priority: number; readonly gated: boolean }
  | { readonly do: "remove" | "done" | "reject" | "err"; readonly pod: number }
  | { readonly do: "pop" | "event" }
  | { readonly do: "wait"; readonly ms: number };

const somePod = fc.integer({ min: 0, max: 7 });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    do: fc.constant("set" as const),
    pod: somePod,
    priority: fc.integer({ min: 0, max: 2 }),
    gated: fc.boolean(),
  }),
  fc.record({
    do: fc.constantFrom("remove" as const, "done" as const, "reject" as const, "err" as const),
    pod: somePod,
  }),
  fc.record({ do: fc.constantFrom("pop" as const, "event" as const) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
);

property(
  "no pod is lost: each is in one place, and pops as soon as nothing holds it back",
  [fc.array(command, { maxLength: 80 })],
  (commands) => {
    const queue = createQueue({ profile });
    const known = new Map<string, { gated: boolean; inFlight: boolean }>();
    let nowMs = 0;
    for (const each of commands) {
      const uid = "pod" in each ? `p${each.pod}` : "";
      const state = known.get(uid);
      if (each.do === "set") {
        const labels: Record<string, string> = each.gated && !state ? { gated: "yes" } : {};
        queue.set(pod(uid, { priority: each.priority, labels }), nowMs);
        known.set(uid, { gated: each.gated && !state, inFlight: state?.inFlight ?? false });
      } else if (each.do === "remove") {
        queue.remove(uid);
        known.delete(uid);
      } else if (each.do === "done") {
        queue.done(uid);
        if (state?.inFlight) known.delete(uid);
      } else if (each.do === "reject" || each.do === "err") {
        queue.putBack(uid, each.do === "reject" ? rejected(nowMs) : erred(nowMs));
        if (state) state.inFlight = false;
      } else if (each.do === "pop") {
        const popped = queue.pop();
        const found = popped && known.get(popped.info.uid);
        assert.equal(popped === undefined, found === undefined);
        assert.notEqual(found?.inFlight, true);
        if (found) found.inFlight = true;
      } else if (each.do === "event") queue.happened(nodeAdded, nowMs);
      else if (each.do === "wait") {
        nowMs += each.ms;
        queue.flush(nowMs);
      }
      const total = Object.values(queue.sizes()).reduce((sum, size) => sum + size, 0);
      assert.equal(total, known.size);
    }
    queue.flush(nowMs + 300_000);
    queue.flush(nowMs + 310_000);
    const priorities: number[] = [];
    const expected = [...known.values()].filter(({ gated, inFlight }) => !gated && !inFlight).length;
    for (let next = queue.pop(); next; next = queue.pop()) priorities.push(next.info.priority);
    assert.equal(priorities.length, expected);
    assert.deepEqual(
      priorities,
      priorities.toSorted((a, b) => b - a),
    );
  },
);
