import { assert, test } from "../../../../properties/house/test.ts";
import type { PersistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { StatefulSet } from "../../../api/kinds/stateful_set.ts";
import type { Pod } from "../../../api/types.ts";
import { newPod } from "./identity.ts";
import { nextSteps } from "./steps.ts";

const labels = { app: "db" };
const set: StatefulSet = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db", namespace: "default", uid: "set-1" },
  spec: {
    replicas: 1,
    serviceName: "dbs",
    selector: { matchLabels: labels },
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
    template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "db:1" }] } },
  },
  status: { replicas: 0 },
};

test("nextSteps() gives no pod a claim that goes, or that is to go with the pod of its name before it", () => {
  const revised = { revision: "db-1", template: set.spec.template };
  const opsWith = (metadata: object) => {
    const claim = { metadata: { name: "data-db-0", ...metadata } } as PersistentVolumeClaim;
    const scene = { set, pods: [], claims: () => claim, minReadySeconds: 0, nowMs: 0 };
    return nextSteps({ ...scene, current: revised, update: revised }).map(
      ({ op, report }) => `${op}: ${report?.message}`,
    );
  };
  assert.deepEqual(opsWith({}), ["create: create Pod db-0 in StatefulSet db successful"]);
  assert.deepEqual(opsWith({ ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "db-0", uid: "1" }] }), []);
  const text = "tell: create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted";
  assert.deepEqual(opsWith({ deletionTimestamp: "2026-01-01T00:00:00Z" }), [text]);
});

interface PodFacts {
  readonly phase?: string;
  readonly ready?: boolean;
  readonly going?: boolean;
}

const running = { phase: "Running", ready: true };

/** What is done next about pods with these numbers. */
function next(spec: object, facts: Readonly<Record<number, PodFacts>>, claims: readonly string[] = ["data"]): string[] {
  const owner = { ...set, spec: { ...set.spec, ...spec } };
  const revised = { revision: "db-1", template: set.spec.template };
  const pods = Object.entries(facts).map(([ordinal, { phase = "Pending", ready = false, going = false }]) => {
    const pod = newPod(owner, Number(ordinal), revised);
    if (going) pod.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    return { ...pod, status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] } } as Pod;
  });
  const lookup = (name: string) =>
    claims.some((each) => name.startsWith(each)) ? ({ metadata: { name } } as PersistentVolumeClaim) : undefined;
  const scene = { set: owner, pods, claims: lookup, minReadySeconds: 0, nowMs: 0, current: revised, update: revised };
  return nextSteps(scene).map((action) => {
    const name = action.op === "create" ? action.object.metadata.name : "name" in action ? action.name : "";
    return `${action.op} ${name}`;
  });
}

test("nextSteps() makes the claims anew that a pod waits for, and none for one that runs", () => {
  assert.deepEqual(next({}, { 0: {} }, []), ["create data-db-0"]);
  assert.deepEqual(next({}, { 0: running }, []), []);
});

test("nextSteps() makes pods anew whose pods have ended, well or not, and waits for one that goes", () => {
  for (const phase of ["Succeeded", "Failed"]) {
    assert.deepEqual(next({ replicas: 2 }, { 0: { phase }, 1: running }), ["delete db-0"]);
    assert.deepEqual(next({ replicas: 2 }, { 0: { phase, going: true }, 1: running }), []);
  }
  assert.deepEqual(next({ replicas: 2 }, { 0: { ...running, going: true } }), []);
  const parallel = { replicas: 3, podManagementPolicy: "Parallel" };
  assert.deepEqual(next(parallel, { 0: { ...running, going: true }, 1: { phase: "Failed" } }), [
    "create db-2",
    "delete db-1",
  ]);
});

test("nextSteps() gives up what is too many from the top, and the first that is not well before those above it", () => {
  const all = { 0: running, 1: running, 2: running, 3: running };
  assert.deepEqual(next({ replicas: 1 }, all), ["delete db-3"]);
  assert.deepEqual(next({ replicas: 1 }, { ...all, 3: { ...running, going: true } }), []);
  // Of two that are not well the one below is waited for.
  const sick = { phase: "Running" };
  assert.deepEqual(next({ replicas: 1 }, { ...all, 2: sick, 3: sick }), []);
  assert.deepEqual(next({ replicas: 1 }, { ...all, 3: sick }), ["delete db-3"]);
  assert.deepEqual(next({ replicas: 1, podManagementPolicy: "Parallel" }, { ...all, 2: sick }), [
    "delete db-3",
    "delete db-2",
    "delete db-1",
  ]);
});

test("nextSteps() moves a set whose first number is another: new ones are made, then the others go", () => {
  const moved = { replicas: 2, ordinals: { start: 2 } };
  assert.deepEqual(next(moved, { 0: running, 1: running }), ["create db-2"]);
  assert.deepEqual(next(moved, { 0: running, 1: running, 2: running }), ["create db-3"]);
  assert.deepEqual(next(moved, { 0: running, 1: running, 2: running, 3: running }), ["delete db-1"]);
  assert.deepEqual(next(moved, { 0: running, 2: running, 3: running }), ["delete db-0"]);
});
