import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { deletesAtOnce } from "../../../properties/mutations/deletes_at_once.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { neverReady } from "../../../properties/stages/controllers/pod_runner.ts";
import type { StatefulSet } from "../../api/kinds/stateful_set.ts";
import type { Pod } from "../../api/types.ts";
import * as steps from "./stateful_set/steps.ts";
import { nextSteps } from "./stateful_set/steps.ts";

const namespace = "default";
const loops = ["stateful-set"];
const merge = "application/merge-patch+json";
const labels = { app: "db" };

function db(spec: object = {}, template: object = {}): object {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db" },
    spec: {
      replicas: 3,
      serviceName: "dbs",
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "db:1" }] }, ...template },
      ...spec,
    },
  };
}

const broken = { metadata: { labels, annotations: { [neverReady]: "yes" } } };
const claimTemplates = [
  { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
];

function begin(spec: object = {}, template: object = {}): ControllerLab {
  const lab = createControllerLab({ loops });
  assert.equal(lab.call("create", "statefulsets", { namespace, body: db(spec, template) }).code, 201);
  return lab;
}

function change(lab: ControllerLab, spec: object): void {
  const { code } = lab.call("patch", "statefulsets", { namespace, name: "db", body: { spec }, contentType: merge });
  assert.equal(code, 200);
}

const setImage = (lab: ControllerLab, image: string, metadata: object = {}) =>
  change(lab, { template: { metadata, spec: { containers: [{ name: "c", image }] } } });

const namesOf = (lab: ControllerLab, plural: string) =>
  lab
    .all(plural)
    .map(({ metadata }) => metadata.name)
    .sort();
const images = (lab: ControllerLab) =>
  lab
    .all("pods")
    .map(({ metadata, spec }) => `${metadata.name} ${spec.containers[0].image}`)
    .sort();
const status = (lab: ControllerLab) => lab.one("statefulsets", "db").status;
const messages = (lab: ControllerLab) => lab.all("events").map(({ reason, message }) => `${reason}: ${message}`);
const deletePod = (lab: ControllerLab, name: string) =>
  lab.call("delete", "pods", { namespace, name, body: { gracePeriodSeconds: 0 } });

function isSettled(lab: ControllerLab, replicas: number): boolean {
  const { metadata } = lab.one("statefulsets", "db");
  const now = status(lab);
  const counts = [now.replicas, now.readyReplicas ?? 0, now.updatedReplicas ?? 0, now.availableReplicas];
  const isDone = counts.every((each) => each === replicas) && lab.all("pods").length === replicas;
  return isDone && now.observedGeneration === metadata.generation && now.currentRevision === now.updateRevision;
}

/** The names of the next pods that come and go, in this order. */
function nextChanges(lab: ControllerLab, changes: number): string[] {
  const seen: string[] = [];
  const now = () => new Map<string, string>(lab.all("pods").map(({ metadata }) => [metadata.uid, metadata.name]));
  let before = now();
  for (let count = 0; count < 10_000 && seen.length < changes; count++) {
    lab.simulation.advance(1);
    const after = now();
    for (const [uid, name] of before) if (!after.has(uid)) seen.push(`-${name}`);
    for (const [uid, name] of after) if (!before.has(uid)) seen.push(`+${name}`);
    before = after;
  }
  return seen;
}

test("statefulSet makes its pods one after the other, each with its own name, number, host name and revision", () => {
  const lab = begin({}, broken);
  lab.simulation.advance(3_000);
  assert.deepEqual(namesOf(lab, "pods"), ["db-0"]);
  const [revision] = namesOf(lab, "controllerrevisions");
  assert.match(String(revision), /^db-[a-z0-9]+$/);
  const { metadata, spec } = lab.one("pods", "db-0");
  assert.deepEqual(metadata.labels, {
    app: "db",
    "statefulset.kubernetes.io/pod-name": "db-0",
    "apps.kubernetes.io/pod-index": "0",
    "controller-revision-hash": revision,
  });
  assert.equal(metadata.generateName, "db-");
  assert.deepEqual([spec.hostname, spec.subdomain], ["db-0", "dbs"]);
  lab.call("patch", "pods", {
    namespace,
    name: "db-0",
    body: { metadata: { annotations: { [neverReady]: null } } },
    contentType: merge,
  });
  assert.ok(lab.until(() => namesOf(lab, "pods").join() === "db-0,db-1"));
  assert.deepEqual(status(lab), {
    observedGeneration: 1,
    replicas: 2,
    readyReplicas: 1,
    currentReplicas: 2,
    updatedReplicas: 2,
    currentRevision: revision,
    updateRevision: revision,
    collisionCount: 0,
    availableReplicas: 1,
  });
  assert.ok(messages(lab).includes("SuccessfulCreate: create Pod db-0 in StatefulSet db successful"));
});

test("statefulSet counts from ordinals.start, and scales down from the top, one at a time", () => {
  const lab = begin({ ordinals: { start: 5 } });
  assert.ok(lab.until(() => isSettled(lab, 3)));
  assert.deepEqual(namesOf(lab, "pods"), ["db-5", "db-6", "db-7"]);
  change(lab, { replicas: 1 });
  assert.deepEqual(nextChanges(lab, 2), ["-db-7", "-db-6"]);
  assert.ok(lab.until(() => isSettled(lab, 1)));
  assert.ok(messages(lab).includes("SuccessfulDelete: delete Pod db-7 in StatefulSet db successful"));
  change(lab, { replicas: 0 });
  assert.ok(lab.until(() => isSettled(lab, 0)));
});

test("statefulSet does not scale down while one of the pods that stay is not ready", () => {
  const lab = begin();
  assert.ok(lab.until(() => isSettled(lab, 3)));
  const annotate = (value: string | null) =>
    lab.call("patch", "pods", {
      namespace,
      name: "db-0",
      body: { metadata: { annotations: { [neverReady]: value } } },
      contentType: merge,
    });
  annotate("yes");
  assert.ok(lab.until(() => status(lab).readyReplicas === 2));
  change(lab, { replicas: 1 });
  lab.simulation.advance(3_000);
  assert.equal(lab.all("pods").length, 3);
  annotate(null);
  assert.ok(lab.until(() => isSettled(lab, 1)));
});

test("statefulSet in parallel makes and gives up all at once", () => {
  const lab = begin({ podManagementPolicy: "Parallel", replicas: 8 }, broken);
  assert.ok(lab.until(() => lab.all("pods").length === 8));
  change(lab, { replicas: 2 });
  assert.ok(lab.until(() => namesOf(lab, "pods").join() === "db-0,db-1"));
});

test("statefulSet of more pods than there can be makes as many as it can for now", () => {
  const ordered = begin({ replicas: 2_147_483_647 }, broken);
  ordered.simulation.advance(1_000);
  assert.equal(ordered.all("pods").length, 1);
  const set = db({ replicas: 2_147_483_647, podManagementPolicy: "Parallel" }) as StatefulSet;
  const revised = { revision: "db-1", template: set.spec.template };
  const scene = { set, pods: [], claims: () => undefined, minReadySeconds: 0, nowMs: 0 };
  assert.equal(nextSteps({ ...scene, current: revised, update: revised }).length, 500);
});

test("statefulSet in parallel updates one pod after the other, too", () => {
  const lab = begin({ podManagementPolicy: "Parallel" });
  assert.ok(lab.until(() => isSettled(lab, 3)));
  setImage(lab, "db:2", { annotations: { [neverReady]: "yes" } });
  lab.simulation.advance(5_000);
  assert.deepEqual(images(lab), ["db-0 db:1", "db-1 db:1", "db-2 db:2"]);
});

test("statefulSet gives a pod the time that its end takes, but not with the defect deletesAtOnce", async () => {
  const mutated = await loadMutated<typeof steps>(deletesAtOnce, "actors/controllers/loops/stateful_set/steps.ts");
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "db-0", namespace }, spec: {}, status: {} } as Pod;
  const graces = [steps, mutated].map(({ removalOf }) => {
    return removalOf({ set: db() as StatefulSet }, pod).gracePeriodSeconds;
  });
  assert.deepEqual(graces, [undefined, 0]);
});

test("statefulSet updates from the top, down to the partition, and waits for each to be ready", () => {
  const lab = begin({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } });
  assert.ok(lab.until(() => isSettled(lab, 3)));
  const before = status(lab).currentRevision;
  setImage(lab, "db:2");
  assert.deepEqual(nextChanges(lab, 4), ["-db-2", "+db-2", "-db-1", "+db-1"]);
  lab.simulation.advance(2_000);
  assert.deepEqual(images(lab), ["db-0 db:1", "db-1 db:2", "db-2 db:2"]);
  assert.deepEqual([status(lab).currentRevision, status(lab).currentReplicas], [before, 1]);
  // Below the partition a pod comes back as it was.
  deletePod(lab, "db-0");
  assert.ok(lab.until(() => status(lab).readyReplicas === 3));
  assert.equal(images(lab)[0], "db-0 db:1");
  change(lab, { updateStrategy: { rollingUpdate: { partition: 0 } } });
  assert.ok(lab.until(() => isSettled(lab, 3)));
  assert.equal(images(lab)[0], "db-0 db:2");
  assert.notEqual(status(lab).currentRevision, before);
});

test("statefulSet whose update does not become ready stays so after a rollback, until the pod is deleted", () => {
  const lab = begin();
  assert.ok(lab.until(() => isSettled(lab, 3)));
  setImage(lab, "db:2", { annotations: { [neverReady]: "yes" } });
  lab.simulation.advance(5_000);
  const stuck = ["db-0 db:1", "db-1 db:1", "db-2 db:2"];
  assert.deepEqual(images(lab), stuck);
  setImage(lab, "db:1", { annotations: null });
  lab.simulation.advance(5_000);
  assert.deepEqual(images(lab), stuck);
  deletePod(lab, "db-2");
  assert.ok(lab.until(() => isSettled(lab, 3)));
  assert.equal(images(lab)[2], "db-2 db:1");
  const revisions = lab.all("controllerrevisions").map(({ revision }) => revision);
  assert.deepEqual(revisions.sort(), [2, 3]);
});

test("statefulSet with OnDelete makes new pods of the new template, and touches no others", () => {
  const lab = begin({ updateStrategy: { type: "OnDelete" } });
  assert.ok(lab.until(() => isSettled(lab, 3)));
  setImage(lab, "db:2");
  lab.simulation.advance(3_000);
  assert.deepEqual(images(lab), ["db-0 db:1", "db-1 db:1", "db-2 db:1"]);
  deletePod(lab, "db-1");
  assert.ok(lab.until(() => images(lab)[1] === "db-1 db:2"));
});

test("statefulSet makes a pod anew that has failed or was evicted", () => {
  const lab = begin();
  assert.ok(lab.until(() => isSettled(lab, 3)));
  const { uid } = lab.one("pods", "db-1").metadata;
  lab.call("patch", "pods", {
    namespace,
    name: "db-1",
    subresource: "status",
    body: { status: { phase: "Failed", reason: "Evicted" } },
    contentType: merge,
  });
  assert.ok(lab.until(() => isSettled(lab, 3) && lab.one("pods", "db-1").metadata.uid !== uid));
});

test("statefulSet waits until a pod has been ready for minReadySeconds before it makes the next", () => {
  const lab = begin({ minReadySeconds: 20, replicas: 2 });
  assert.ok(lab.until(() => status(lab).readyReplicas === 1));
  lab.simulation.advance(10_000);
  assert.deepEqual([lab.all("pods").length, status(lab).availableReplicas], [1, 0]);
  assert.ok(lab.until(() => isSettled(lab, 2), 60_000));
});

test("statefulSet makes claims with the pod, keeps them when it scales down, and uses them again", () => {
  const lab = begin({ volumeClaimTemplates: claimTemplates, replicas: 2 });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  assert.deepEqual(namesOf(lab, "persistentvolumeclaims"), ["data-db-0", "data-db-1"]);
  const claim = lab.one("persistentvolumeclaims", "data-db-1");
  assert.deepEqual([claim.metadata.labels, claim.metadata.ownerReferences], [labels, undefined]);
  const [volume] = lab.one("pods", "db-1").spec.volumes;
  assert.deepEqual(volume, { name: "data", persistentVolumeClaim: { claimName: "data-db-1" } });
  assert.ok(messages(lab).includes("SuccessfulCreate: create Claim data-db-0 Pod db-0 in StatefulSet db success"));
  change(lab, { replicas: 1 });
  assert.ok(lab.until(() => isSettled(lab, 1)));
  change(lab, { replicas: 2 });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  assert.equal(lab.one("persistentvolumeclaims", "data-db-1").metadata.uid, claim.metadata.uid);
});

test("statefulSet mounts what its claims become, and tells of a template that makes no pod", () => {
  const mounting = (more: object = {}) => ({
    spec: { containers: [{ name: "c", image: "db:1", volumeMounts: [{ name: "data", mountPath: "/data" }] }], ...more },
  });
  const lab = begin({ volumeClaimTemplates: claimTemplates, replicas: 1 }, { metadata: { labels }, ...mounting() });
  assert.ok(lab.until(() => isSettled(lab, 1)));
  change(lab, { replicas: 2, template: mounting({ priorityClassName: "none" }) });
  const text =
    /^FailedCreate: create Pod db-1 in StatefulSet db failed error: pods "db-1" is forbidden: no PriorityClass/;
  assert.ok(
    lab.until(() => messages(lab).some((each) => text.test(each))),
    messages(lab).join(),
  );
});

test("statefulSet lets claims go with the pod that is one too many, and gives the next pod of that name a new one", () => {
  const lab = createControllerLab({ loops: ["stateful-set", "garbage-collector", "persistentvolumeclaim-protection"] });
  const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete", whenDeleted: "Delete" } };
  const body = db({ volumeClaimTemplates: claimTemplates, replicas: 2, ...policy });
  lab.call("create", "statefulsets", { namespace, body });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  const owners = (name: string) => lab.one("persistentvolumeclaims", name)?.metadata.ownerReferences;
  assert.equal(owners("data-db-0")[0].kind, "StatefulSet");
  const { uid } = lab.one("persistentvolumeclaims", "data-db-1").metadata;
  change(lab, { replicas: 1 });
  assert.ok(lab.until(() => namesOf(lab, "persistentvolumeclaims").join() === "data-db-0"));
  change(lab, { replicas: 2 });
  assert.ok(lab.until(() => isSettled(lab, 2)));
  assert.notEqual(lab.one("persistentvolumeclaims", "data-db-1").metadata.uid, uid);
  change(lab, { persistentVolumeClaimRetentionPolicy: { whenScaled: "Retain", whenDeleted: "Retain" } });
  assert.ok(lab.until(() => owners("data-db-0") === undefined && owners("data-db-1") === undefined));
});

test("statefulSet adopts a pod of its names that it selects, marks it, and leaves others alone", () => {
  const lab = createControllerLab({ loops });
  for (const name of ["db-0", "other-0"]) {
    const spec = { containers: [{ name: "c", image: "db:0" }] };
    lab.call("create", "pods", {
      namespace,
      body: { apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec },
    });
  }
  lab.simulation.advance(500);
  lab.call("create", "statefulsets", { namespace, body: db({ replicas: 1, updateStrategy: { type: "OnDelete" } }) });
  const marks = () => lab.one("pods", "db-0").metadata.labels["statefulset.kubernetes.io/pod-name"];
  assert.ok(lab.until(() => marks() === "db-0"));
  assert.equal(lab.one("pods", "db-0").metadata.ownerReferences[0].kind, "StatefulSet");
  assert.equal(lab.one("pods", "other-0").metadata.ownerReferences, undefined);
  assert.equal(lab.all("pods").length, 2);
});

test("statefulSet keeps no more former revisions than asked for", () => {
  const lab = begin({ revisionHistoryLimit: 1, replicas: 1 });
  for (const version of [2, 3, 4]) {
    assert.ok(lab.until(() => isSettled(lab, 1)));
    setImage(lab, `db:${version}`);
  }
  assert.ok(lab.until(() => isSettled(lab, 1)));
  lab.simulation.advance(1_000);
  assert.deepEqual(
    lab
      .all("controllerrevisions")
      .map(({ revision }) => revision)
      .sort(),
    [3, 4],
  );
});

test("statefulSet writes nothing when nothing changes", () => {
  const lab = begin({ volumeClaimTemplates: claimTemplates });
  assert.ok(lab.until(() => isSettled(lab, 3)));
  lab.simulation.advance(2_000);
  const versions = () =>
    ["statefulsets", "controllerrevisions", "pods", "persistentvolumeclaims", "events"].flatMap((plural) =>
      lab.all(plural).map(({ metadata }) => metadata.resourceVersion),
    );
  const before = versions();
  lab.simulation.advance(600_000);
  assert.deepEqual(versions(), before);
});

property(
  "statefulSet has its pods again after crashes, lost messages, an update and a change of size, and skips none",
  [fc.nat(1_000), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 20 }), fc.boolean()],
  (seed, replicas, nth, isParallel) => {
    const actor = "manager-0/stateful-set";
    const loss = { from: ["*"], to: [actor], probability: 0.2 };
    const lab = createControllerLab({
      loops,
      seed,
      servers: 2,
      faults: [
        { kind: "crash", parameters: { actor }, trigger: { actor, event: "reply", nth }, forMs: 20 },
        { kind: "loss", parameters: loss, trigger: { atMs: 5 }, forMs: 8_000 },
      ],
    });
    const podManagementPolicy = isParallel ? "Parallel" : "OrderedReady";
    const body = db({ podManagementPolicy, volumeClaimTemplates: claimTemplates });
    lab.call("create", "statefulsets", { namespace, body });
    let most = 0;
    const look = () => {
      const ordinals = lab.all("pods").map(({ metadata }) => Number(metadata.name.slice(3)));
      most = Math.max(most, ...ordinals);
      // While it only grows, an ordered set has no gap.
      if (!isParallel && most < 3 && lab.simulation.uptimeMs() < 2_000)
        assert.equal(most, Math.max(0, ordinals.length - 1));
    };
    for (let count = 0; count < 10; count++) {
      lab.simulation.advance(200);
      look();
    }
    setImage(lab, "db:2");
    lab.simulation.advance(1_000);
    change(lab, { replicas });
    lab.simulation.advance(8_000);
    lab.simulation.faults.heal();
    const wanted = Array.from({ length: replicas }, (_each, index) => `db-${index} db:2`);
    assert.ok(lab.until(() => isSettled(lab, replicas) && images(lab).join() === wanted.join(), 120_000));
    assert.ok(most <= Math.max(2, replicas - 1));
  },
  { runs: 6 },
);
