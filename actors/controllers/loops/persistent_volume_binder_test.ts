import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, test } from "../../../properties/house/test.ts";
import { volumesByNameOnly } from "../../../properties/mutations/volumes_by_name_only.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { claimNamed, classNamed, volumeNamed } from "../../../properties/stages/storage/storage_objects.ts";
import { persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { persistentVolumeBinder } from "./persistent_volume_binder.ts";

type Objects = readonly object[];

/** All keys are worked on again and again, until no plan says anything new; then the lines that tell where it ended. */
function outcomeOf(...objects: Objects) {
  return outcomeWith(persistentVolumeBinder, objects);
}

function outcomeWith(binder: typeof persistentVolumeBinder, objects: Objects) {
  const loop = createPlainLoop(binder);
  for (const object of objects) loop.put(object);
  return { loop, ...settle(loop) };
}

function settle(loop: ReturnType<typeof createPlainLoop>) {
  const claims = () => loop.all(persistentVolumeClaim);
  const volumes = () => loop.all(persistentVolume);
  const events = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const keys = [
      ...claims().map(({ metadata }) => `claim/default/${metadata.name}`),
      ...volumes().map(({ metadata }) => `volume/${metadata.name}`),
    ];
    for (const key of keys) {
      for (const action of loop.turn(key, 0)?.actions ?? []) {
        if (action.op === "tell") events.add(`${action.report.type} ${action.report.reason}: ${action.report.message}`);
      }
    }
  }
  const lines = [
    ...claims().map(({ metadata, spec, status }) =>
      `${metadata.name} ${status.phase} ${spec.volumeName ?? ""}`.trimEnd(),
    ),
    ...volumes().map(({ metadata, spec, status }) =>
      `${metadata.name} ${status.phase} ${spec.claimRef?.name ?? ""}`.trimEnd(),
    ),
  ];
  return { lines: lines.sort(), events: [...events] };
}

test("persistentVolumeBinder gives a claim the smallest volume that is enough, and tells both", () => {
  const { loop, lines, events } = outcomeOf(
    claimNamed("data"),
    volumeNamed("big", { spec: { capacity: { storage: "5Gi" } } }),
    volumeNamed("fit", { spec: { capacity: { storage: "2Gi" } } }),
    volumeNamed("small", { spec: { capacity: { storage: "1023Mi" } } }),
    volumeNamed("other", { spec: { storageClassName: "slow" } }),
    volumeNamed("many", { spec: { accessModes: ["ReadWriteOnce", "ReadWriteMany"] } }),
    volumeNamed("raw", { spec: { volumeMode: "Block" } }),
    volumeNamed("going", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
  );
  const free = ["big", "going", "many", "other", "raw", "small"].map((name) => `${name} Available`);
  assert.deepEqual(lines, [...free, "data Bound fit", "fit Bound data"].sort());
  assert.deepEqual(events, []);
  const [claim] = loop.all(persistentVolumeClaim);
  const volume = loop.all(persistentVolume).find(({ metadata }) => metadata.name === "fit");
  const marks = { "pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes" };
  assert.deepEqual(claim?.metadata.annotations, marks);
  assert.deepEqual(claim?.status, { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "2Gi" } });
  assert.deepEqual(volume?.metadata.annotations, { "pv.kubernetes.io/bound-by-controller": "yes" });
  assert.equal(volume?.spec.claimRef?.uid, claim?.metadata.uid);
});

test("persistentVolumeBinder gives two claims two volumes, and says why a third waits", () => {
  const { lines, events } = outcomeOf(
    ...["a", "b", "c"].map((name) => claimNamed(name)),
    volumeNamed("v1"),
    volumeNamed("v2"),
    classNamed("fast"),
  );
  assert.deepEqual(lines, ["a Bound v1", "b Bound v2", "c Pending", "v1 Bound a", "v2 Bound b"]);
  const text = "Warning ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner";
  assert.deepEqual(events, [text]);
});

test("persistentVolumeBinder keeps what was promised: by a volume to a claim, and by a claim to a volume", () => {
  const { lines } = outcomeOf(
    claimNamed("a", { metadata: { uid: "a" } }),
    claimNamed("b", { spec: { volumeName: "v2" } }),
    volumeNamed("v1"),
    volumeNamed("v2"),
    volumeNamed("v3", { spec: { capacity: { storage: "9Gi" }, claimRef: { name: "a", namespace: "default" } } }),
    volumeNamed("v4", { spec: { claimRef: { name: "later", namespace: "default" } } }),
  );
  assert.deepEqual(lines, [
    "a Bound v3",
    "b Bound v2",
    "v1 Available",
    "v2 Bound b",
    "v3 Bound a",
    "v4 Available later",
  ]);
});

test("persistentVolumeBinder says what keeps a claim from its volume, in Kubernetes' words", () => {
  const waits = classNamed("fast", { volumeBindingMode: "WaitForFirstConsumer", provisioner: "disk.example" });
  const external =
    "Normal ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'disk.example' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.";
  const cases: [Objects, string][] = [
    [
      [claimNamed("a", { spec: { storageClassName: "" } })],
      "Normal FailedBinding: no persistent volumes available for this claim and no storage class is set",
    ],
    [[claimNamed("a")], 'Warning ProvisioningFailed: storageclass.storage.k8s.io "fast" not found'],
    [
      [claimNamed("a"), waits, volumeNamed("v")],
      "Normal WaitForFirstConsumer: waiting for first consumer to be created before binding",
    ],
    [[claimNamed("a", { metadata: { annotations: { "volume.kubernetes.io/selected-node": "n" } } }), waits], external],
    [
      [claimNamed("a", { spec: { volumeName: "v" } }), volumeNamed("v", { spec: { capacity: { storage: "1Mi" } } })],
      'Warning VolumeMismatch: Cannot bind to requested volume "v": requested PV is too small',
    ],
    [
      [
        claimNamed("a", { spec: { volumeName: "v" } }),
        claimNamed("b", { metadata: { uid: "b" } }),
        volumeNamed("v", { spec: { claimRef: { name: "b", namespace: "default", uid: "b" } } }),
      ],
      'Warning FailedBinding: volume "v" already bound to a different claim.',
    ],
  ];
  for (const [objects, event] of cases) {
    const { lines, events } = outcomeOf(...objects);
    assert.deepEqual(events, [event]);
    assert.ok(lines.includes(event.includes("different") ? "a Pending v" : (lines[0] ?? "")));
    assert.match(lines[0] ?? "", /^a Pending/);
  }
});

test("persistentVolumeBinder loses a bound claim with its volume, and releases a volume without its claim", () => {
  const bound = {
    metadata: { uid: "a", annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
    spec: { volumeName: "v" },
    status: { phase: "Bound" },
  };
  const lost = outcomeOf(claimNamed("a", bound));
  assert.deepEqual(lost.lines, ["a Lost v"]);
  assert.deepEqual(lost.events, [
    "Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!",
  ]);
  const kept = (uid: string, more: object = {}) =>
    volumeNamed("v", {
      spec: { claimRef: { name: "a", namespace: "default", uid }, ...more },
      status: { phase: "Bound" },
    });
  // A namesake that came later is not the claim that it was bound to.
  const namesake = outcomeOf(claimNamed("a", { metadata: { uid: "new" } }), kept("old"), classNamed("fast"));
  assert.deepEqual(namesake.lines, ["a Pending", "v Released a"]);
  const taken = outcomeOf(claimNamed("a", bound), kept("another"), claimNamed("b", { metadata: { uid: "another" } }));
  assert.match(taken.events.join(), /ClaimMisbound: Two claims are bound to the same volume/);
  assert.deepEqual(outcomeOf(kept("gone", { persistentVolumeReclaimPolicy: "Delete" })).lines, []);
  const fails = (more: object) => outcomeOf(kept("gone", { persistentVolumeReclaimPolicy: "Delete", ...more }));
  const far = fails({ hostPath: { path: "/srv/v" } });
  assert.deepEqual(far.lines, ["v Failed a"]);
  assert.deepEqual(far.events, [
    "Warning VolumeFailedDelete: host_path deleter only supports /tmp/.+ but received provided /srv/v",
  ]);
  const local = fails({ hostPath: undefined, local: { path: "/v" } });
  assert.match(local.events.join(), /error getting deleter volume plugin for volume "v": no deletable volume plugin/);
});

test("persistentVolumeBinder with the defect volumesByNameOnly gives a volume to a namesake of its claim", async () => {
  const path = "actors/controllers/loops/persistent_volume_binder.ts";
  const mutated = await loadMutated<{ readonly persistentVolumeBinder: typeof persistentVolumeBinder }>(
    volumesByNameOnly,
    path,
  );
  const claimRef = { name: "a", namespace: "default", uid: "old" };
  const objects = [
    claimNamed("a", { metadata: { uid: "new" } }),
    volumeNamed("v", { spec: { claimRef }, status: { phase: "Bound" } }),
    classNamed("fast"),
  ];
  assert.deepEqual(outcomeOf(...objects).lines, ["a Pending", "v Released a"]);
  assert.notDeepEqual(outcomeWith(mutated.persistentVolumeBinder, objects).lines, ["a Pending", "v Released a"]);
});

test("persistentVolumeBinder frees a volume that it had taken for a claim which has another", () => {
  const claim = claimNamed("a", {
    metadata: { uid: "a", annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
    spec: { volumeName: "v1" },
  });
  const claimRef = { name: "a", namespace: "default", uid: "a" };
  const annotations = { "pv.kubernetes.io/bound-by-controller": "yes" };
  const { lines } = outcomeOf(
    claim,
    volumeNamed("v1", { spec: { claimRef } }),
    volumeNamed("v2", { metadata: { annotations }, spec: { claimRef } }),
    volumeNamed("v3", { spec: { claimRef } }),
  );
  assert.deepEqual(lines, ["a Bound v1", "v1 Bound a", "v2 Available", "v3 Available a"]);
});

test("persistentVolumeBinder gives claims that name no class the newest one that is meant for them", () => {
  const isDefault = { "storageclass.kubernetes.io/is-default-class": "true" };
  const madeAt = (name: string, creationTimestamp: string) => ({
    ...classNamed(name),
    metadata: { name, annotations: isDefault, creationTimestamp },
  });
  const { loop } = outcomeOf(
    claimNamed("a", { spec: { storageClassName: undefined } }),
    madeAt("old", "2026-01-01T00:00:00Z"),
    madeAt("new", "2026-01-02T00:00:00Z"),
  );
  assert.equal(loop.all(persistentVolumeClaim)[0]?.spec.storageClassName, "new");
});
