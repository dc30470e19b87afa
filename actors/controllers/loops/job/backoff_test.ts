import { assert, test } from "../../../../properties/house/test.ts";
import { formatTime } from "../../../api/time.ts";
import type { Frozen, Pod } from "../../../api/types.ts";
import { backoffLeftMs, finishedMs, noteEnds } from "./backoff.ts";

const startMs = Date.UTC(2026, 0, 1);

function endedPod(uid: string, second: number): Frozen<Pod> {
  const state = { terminated: { exitCode: 1, finishedAt: formatTime(startMs + second * 1000) } };
  const containerStatuses = [{ name: "c", image: "", imageID: "", ready: false, restartCount: 0, state }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: uid, uid, creationTimestamp: formatTime(startMs) },
    spec: { containers: [] },
    status: { containerStatuses },
  };
}

test("noteEnds() counts failures in a row, each pod once", () => {
  const first = noteEnds(undefined, { succeeded: [], failed: [endedPod("a", 1), endedPod("b", 3)] });
  assert.deepEqual([first.failures, first.lastFailureMs], [2, startMs + 3_000]);
  const again = noteEnds(first, { succeeded: [], failed: [endedPod("b", 3), endedPod("c", 2)] });
  assert.equal(again.failures, 3);
  assert.equal(noteEnds(again, { succeeded: [], failed: [] }).failures, 3);
});

test("noteEnds() begins anew after a success, with the failures after it", () => {
  const before = noteEnds(undefined, { succeeded: [], failed: [endedPod("a", 1)] });
  const after = noteEnds(before, { succeeded: [endedPod("s", 5)], failed: [endedPod("b", 4), endedPod("c", 6)] });
  assert.deepEqual([after.failures, after.lastFailureMs], [1, startMs + 6_000]);
  assert.equal(noteEnds(after, { succeeded: [endedPod("t", 7)], failed: [] }).failures, 0);
});

test("backoffLeftMs() doubles from 10 s to 10 min, from the last failure on", () => {
  const left = (failures: number, passedMs = 0) =>
    backoffLeftMs(failures, { lastFailureMs: startMs, nowMs: startMs + passedMs });
  assert.deepEqual(
    [0, 1, 2, 3, 6, 7, 8, 1e6].map((failures) => left(failures) / 1000),
    [0, 10, 20, 40, 320, 600, 600, 600],
  );
  assert.equal(left(2, 15_000), 5_000);
  assert.equal(left(2, 25_000), 0);
});

test("finishedMs() takes the last container's end, else the end of readiness, of life, else the beginning", () => {
  const pod = endedPod("a", 9);
  assert.equal(finishedMs(pod), startMs + 9_000);
  const at = formatTime(startMs + 7_000);
  const unready = { conditions: [{ type: "Ready", status: "False", lastTransitionTime: at }] };
  assert.equal(finishedMs({ ...pod, status: unready }), startMs + 7_000);
  const deletionTimestamp = formatTime(startMs + 40_000);
  const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 30 };
  assert.equal(finishedMs({ ...pod, metadata, status: {} }), startMs + 10_000);
  assert.equal(finishedMs({ ...pod, status: {} }), startMs);
});
