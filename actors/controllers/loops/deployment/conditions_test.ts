import { assert, test } from "../../../../properties/house/test.ts";
import { formatTime } from "../../../api/time.ts";
import type { Deployment } from "../../../api/types.ts";
import { countsOf, newCondition, progressCheckMs, withPause, withProgress } from "./conditions.ts";

const beganMs = Date.UTC(2026, 1, 15, 18, 49);
const deadlineSeconds = 60;

type Counts = readonly [replicas: number, updated: number, available: number];

interface Scene {
  readonly size?: number;
  readonly before: Counts;
  readonly after: Counts;
  readonly condition?: "True ReplicaSetUpdated" | "True NewReplicaSetAvailable" | "False ProgressDeadlineExceeded";
  readonly deadline?: number;
  readonly seconds?: number;
}

const status = ([replicas, updatedReplicas, availableReplicas]: Counts) => ({
  replicas,
  updatedReplicas,
  availableReplicas,
});

function deploymentOf({ size = 3, before, condition, deadline = deadlineSeconds }: Scene): Deployment {
  const [is = "", reason = ""] = condition?.split(" ") ?? [];
  const conditions = condition ? [newCondition(beganMs, { type: "Progressing", status: is, reason })] : [];
  const spec = { replicas: size, ...(deadline > 0 && { progressDeadlineSeconds: deadline }) };
  return { metadata: { name: "web" }, spec, status: { ...status(before), conditions } } as unknown as Deployment;
}

/** What is said of progress: status, reason, and the seconds at which it was updated and became so. */
function progress(scene: Scene): string {
  const deployment = deploymentOf(scene);
  const nowMs = beganMs + (scene.seconds ?? 30) * 1000;
  const conditions = deployment.status.conditions ?? [];
  const counts = countsOf(status(scene.after));
  const [found] = withProgress({ deployment, conditions, counts, newSet: "web-1", nowMs });
  if (found === undefined) return "nothing";
  const at = (time = "") => (Date.parse(time) - beganMs) / 1000;
  return `${found.status} ${found.reason} ${at(found.lastUpdateTime)} ${at(found.lastTransitionTime)}`;
}

test("withProgress() says how a rollout goes as Kubernetes' own cases have it", () => {
  const [some, all] = [
    [2, 2, 2],
    [3, 3, 3],
  ] as const;
  const [updated, done, late] = [
    "True ReplicaSetUpdated",
    "True NewReplicaSetAvailable",
    "False ProgressDeadlineExceeded",
  ] as const;
  const cases: readonly (readonly [Scene, string])[] = [
    [{ before: some, after: [3, 2, 3], condition: updated, deadline: 0 }, "nothing"],
    [{ before: some, after: [3, 2, 3], condition: updated, deadline: 2_147_483_647 }, "nothing"],
    // A Deployment that was done and only has another size, or loses a pod, is not rolling out.
    [{ before: all, after: all, condition: done }, "True NewReplicaSetAvailable 0 0"],
    [{ before: all, after: [3, 3, 2], condition: done, seconds: 99 }, "True NewReplicaSetAvailable 0 0"],
    [{ before: some, after: [3, 2, 3], condition: updated }, "True ReplicaSetUpdated 30 0"],
    [{ before: some, after: [3, 2, 3], condition: late }, "True ReplicaSetUpdated 30 30"],
    [{ before: some, after: [3, 2, 3] }, "True ReplicaSetUpdated 30 30"],
    [{ before: all, after: all, condition: updated }, "True NewReplicaSetAvailable 30 0"],
    [{ before: all, after: all, condition: late }, "True NewReplicaSetAvailable 30 30"],
    [{ before: all, after: all }, "True NewReplicaSetAvailable 30 30"],
    [{ size: 0, before: all, after: [0, 0, 0], condition: updated }, "True NewReplicaSetAvailable 30 0"],
    [{ before: some, after: some, condition: updated, seconds: 60 }, "True ReplicaSetUpdated 0 0"],
    [{ before: some, after: some, condition: updated, seconds: 61 }, "False ProgressDeadlineExceeded 61 61"],
    [{ before: some, after: some, condition: late, seconds: 99 }, "False ProgressDeadlineExceeded 0 0"],
  ];
  for (const [scene, said] of cases) assert.equal(progress(scene), said, JSON.stringify(scene));
});

test("progressCheckMs() has a stuck rollout looked at when its deadline has passed, and no other", () => {
  const check = (scene: Scene) => {
    const deployment = deploymentOf(scene);
    const counts = { ...countsOf(status(scene.after)), nowMs: beganMs + (scene.seconds ?? 0) * 1000 };
    return progressCheckMs(deployment, deployment.status.conditions ?? [], counts);
  };
  const stuck = { before: [3, 3, 1], after: [3, 3, 1], condition: "True ReplicaSetUpdated" } as const;
  assert.deepEqual(
    [0, 30, 59, 61, 120].map((seconds) => check({ ...stuck, seconds })),
    [61_000, 31_000, 2_000, 1_000, 1_000],
  );
  assert.deepEqual(
    [
      check({ ...stuck, deadline: 0 }),
      check({ before: stuck.before, after: stuck.after }),
      check({ ...stuck, after: [3, 3, 3] }),
      check({ ...stuck, condition: "False ProgressDeadlineExceeded" }),
    ],
    [undefined, undefined, undefined, undefined],
  );
});

test("withPause() stops the clock of the deadline, and a rollout that was too late stays so", () => {
  const said = (scene: Scene, paused: boolean) => {
    const deployment = deploymentOf(scene);
    const spec = { ...deployment.spec, paused };
    const [found] = withPause({ ...deployment, spec }, deployment.status.conditions ?? [], beganMs + 30_000);
    return `${found?.status} ${found?.reason} ${found?.lastUpdateTime}`;
  };
  const going = { before: [3, 1, 1], after: [3, 1, 1], condition: "True ReplicaSetUpdated" } as const;
  assert.equal(said(going, true), `Unknown DeploymentPaused ${formatTime(beganMs + 30_000)}`);
  assert.equal(said(going, false), `True ReplicaSetUpdated ${formatTime(beganMs)}`);
  const late = { ...going, condition: "False ProgressDeadlineExceeded" } as const;
  assert.equal(said(late, true), `False ProgressDeadlineExceeded ${formatTime(beganMs)}`);
});
