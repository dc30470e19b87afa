import { assert, test } from "../../../../properties/house/test.ts";
import type { ContainerStatus, Pod } from "../../../api/types.ts";
import { humanDuration } from "./duration.ts";
import { restartsText, summarizePod } from "./pod_status.ts";

const container = (name: string, more: Partial<ContainerStatus>): ContainerStatus => {
  return { name, image: "web:1", imageID: "", ready: false, restartCount: 0, ...more };
};

function podWith(status: Pod["status"], more: { deleted?: boolean; init?: boolean; sidecar?: boolean } = {}): Pod {
  const init = { name: "i", image: "init:1", ...(more.sidecar ? { restartPolicy: "Always" } : {}) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", ...(more.deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
    spec: {
      containers: [{ name: "c", image: "web:1" }],
      ...(more.init || more.sidecar ? { initContainers: [init] } : {}),
    },
    status,
  };
}

const running = container("c", { ready: true, state: { running: { startedAt: "2026-01-01T00:00:00Z" } } });
const statusOf = (pod: Pod) => summarizePod(pod).status;

test("summarizePod() names what a person looks for", () => {
  assert.equal(statusOf(podWith({ phase: "Pending" })), "Pending");
  assert.equal(statusOf(podWith({ phase: "Running", containerStatuses: [running] })), "Running");
  const waiting = container("c", { restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } });
  assert.equal(statusOf(podWith({ phase: "Running", containerStatuses: [waiting] })), "CrashLoopBackOff");
  const ended = (exitCode: number, reason?: string, signal?: number) =>
    container("c", {
      state: { terminated: { exitCode, ...(reason ? { reason } : {}), ...(signal ? { signal } : {}) } },
    });
  assert.equal(statusOf(podWith({ phase: "Succeeded", containerStatuses: [ended(0, "Completed")] })), "Completed");
  assert.equal(statusOf(podWith({ phase: "Failed", containerStatuses: [ended(2)] })), "ExitCode:2");
  assert.equal(statusOf(podWith({ phase: "Failed", containerStatuses: [ended(137, undefined, 9)] })), "Signal:9");
  assert.equal(statusOf(podWith({ phase: "Failed", reason: "Evicted" })), "Evicted");
  assert.equal(statusOf(podWith({ phase: "Running", containerStatuses: [running] }, { deleted: true })), "Terminating");
  assert.equal(statusOf(podWith({ phase: "Running", reason: "NodeLost" }, { deleted: true })), "Unknown");
  const gated = [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }];
  assert.equal(statusOf(podWith({ phase: "Pending", conditions: gated })), "SchedulingGated");
});

test("summarizePod() says how far the init containers are, and counts sidecars", () => {
  const init = (more: Partial<ContainerStatus>) =>
    podWith({ phase: "Pending", initContainerStatuses: [container("i", more)] }, { init: true });
  assert.equal(statusOf(init({ state: { running: {} } })), "Init:0/1");
  assert.equal(statusOf(init({ state: { waiting: { reason: "PodInitializing" } } })), "Init:0/1");
  assert.equal(statusOf(init({ state: { waiting: { reason: "ErrImagePull" } } })), "Init:ErrImagePull");
  assert.equal(statusOf(init({ state: { terminated: { exitCode: 1 } } })), "Init:ExitCode:1");
  assert.equal(statusOf(init({ state: { terminated: { exitCode: 1, reason: "Error" } } })), "Init:Error");
  const sidecar = container("i", { ready: true, started: true, state: { running: {} } });
  const both = podWith(
    { phase: "Running", initContainerStatuses: [sidecar], containerStatuses: [running] },
    { sidecar: true },
  );
  assert.deepEqual([summarizePod(both).ready, summarizePod(both).total, statusOf(both)], [2, 2, "Running"]);
});

test("restartsText() says when the last restart was", () => {
  const terminated = { exitCode: 1, finishedAt: "2026-01-01T00:00:00Z" };
  const pod = podWith({
    phase: "Running",
    containerStatuses: [{ ...running, restartCount: 2, lastState: { terminated } }],
  });
  assert.equal(restartsText(summarizePod(pod), Date.UTC(2026, 0, 1, 0, 5)), "2 (5m ago)");
});

test("humanDuration() gets coarser the longer it is", () => {
  const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
  const cases: readonly [number, string][] = [
    [-5 * second, "<invalid>"],
    [0, "0s"],
    [119 * second, "119s"],
    [2 * minute, "2m"],
    [9 * minute + 5 * second, "9m5s"],
    [179 * minute, "179m"],
    [3 * hour, "3h"],
    [7 * hour + 30 * minute, "7h30m"],
    [47 * hour, "47h"],
    [2 * day + hour, "2d1h"],
    [8 * day + hour, "8d"],
    [729 * day, "729d"],
    [731 * day, "2y1d"],
    [8 * 365 * day + 20 * day, "8y"],
  ];
  for (const [ms, text] of cases) assert.equal(humanDuration(ms), text);
});
