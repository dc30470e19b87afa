import { assert, test } from "../../../properties/house/test.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import {
  claimNamed,
  classNamed,
  type StorageOptions,
  volumeNamed,
} from "../../../properties/stages/storage/storage_objects.ts";
import { csiDriver } from "../../api/kinds/csi_driver.ts";
import { persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { storageClass } from "../../api/kinds/storage_class.ts";
import { failed, ok } from "../../kit/result.ts";
import { diskDriver } from "../../storage/messages.ts";
import type { Plan } from "../plan.ts";
import { storageDriver } from "./storage_driver.ts";

const ours = (mode = "WaitForFirstConsumer") =>
  classNamed("fast", { provisioner: diskDriver, volumeBindingMode: mode });
const awaited = { "volume.kubernetes.io/storage-provisioner": diskDriver };
const placed = { ...awaited, "volume.kubernetes.io/selected-node": "node-1" };

function eventsOf(plan: Plan | undefined): string[] {
  return (plan?.actions ?? []).flatMap(({ op, ...action }) => {
    const report = action.report;
    return report ? [`${report.reason}: ${report.message}`] : [];
  });
}

function loopOver(objects: readonly object[], answer: unknown = ok(undefined)) {
  const loop = createPlainLoop(storageDriver, undefined, answer);
  for (const object of objects) loop.put(object);
  return loop;
}

test("storageDriver installs itself once: the class is its users'", () => {
  const loop = loopOver([]);
  loop.turn("driver", 0);
  const [standard] = loop.all(storageClass);
  assert.deepEqual(standard?.metadata.annotations, { "storageclass.kubernetes.io/is-default-class": "true" });
  assert.equal(loop.all(csiDriver)[0]?.metadata.name, diskDriver);
  assert.deepEqual(loop.turn("driver", 0)?.actions, []);
});

test("storageDriver makes a volume for a claim when it is its turn, and says so", () => {
  const claim = (annotations: object, more: StorageOptions = {}) =>
    claimNamed("a", { ...more, metadata: { uid: "u", annotations } });
  const made = (...objects: object[]) => {
    const loop = loopOver(objects);
    const plan = loop.turn("claim/default/a", 0);
    return { events: eventsOf(plan), volumes: loop.all(persistentVolume) };
  };
  assert.deepEqual(made(claim(awaited), ours()).volumes, []);
  assert.deepEqual(made(claim({}), ours("Immediate")).volumes, []);
  assert.equal(made(claim(awaited), ours("Immediate")).volumes.length, 1);
  assert.deepEqual(made(claim(placed), classNamed("fast", { provisioner: "another.example" })).volumes, []);
  const { events, volumes } = made(claim(placed), ours());
  assert.deepEqual(events, [
    'Provisioning: External provisioner is provisioning volume for claim "default/a"',
    "ProvisioningSucceeded: Successfully provisioned volume pvc-u",
  ]);
  const { claimRef, capacity, persistentVolumeReclaimPolicy } = volumes[0]?.spec ?? {};
  assert.deepEqual(
    [claimRef?.name, claimRef?.uid, capacity, persistentVolumeReclaimPolicy],
    ["a", "u", { storage: "1Gi" }, "Delete"],
  );
  const small = { resources: { requests: { storage: "1" } } };
  const [least] = made(claim(placed, { spec: small }), ours()).volumes;
  assert.deepEqual(least?.spec.capacity, { storage: "1Mi" }, "a file system needs some room for itself");
  const block = made(claim(placed, { spec: { volumeMode: "Block" } }), ours());
  assert.deepEqual(block.volumes, []);
  assert.match(block.events[1] ?? "", /^ProvisioningFailed: failed to provision volume with StorageClass "fast": /);
});

test("storageDriver makes the volumes of classes whose provisioner is that of a local cluster, as the page of Cassandra has one of minikube", () => {
  const provisioner = "k8s.io/minikube-hostpath";
  const annotations = { "volume.kubernetes.io/storage-provisioner": provisioner };
  const loop = loopOver([
    claimNamed("a", { metadata: { uid: "u", annotations } }),
    classNamed("fast", { provisioner, volumeBindingMode: "Immediate" }),
  ]);
  loop.turn("claim/default/a", 0);
  const [volume] = loop.all(persistentVolume);
  assert.equal(volume?.spec.csi?.driver, diskDriver);
  assert.equal(volume?.spec.storageClassName, "fast");
  assert.equal(volume?.metadata.annotations?.["pv.kubernetes.io/provisioned-by"], diskDriver);
});

test("storageDriver removes a released volume with what is in it, and nothing that is still wanted", () => {
  const volume = (phase: string, more: object = {}) =>
    volumeNamed("v", {
      metadata: {
        annotations: { "pv.kubernetes.io/provisioned-by": diskDriver },
        finalizers: ["external-provisioner.volume.kubernetes.io/finalizer", "kubernetes.io/pv-protection"],
      },
      spec: {
        hostPath: undefined,
        csi: { driver: diskDriver, volumeHandle: "v" },
        claimRef: { name: "a", namespace: "default", uid: "u" },
        persistentVolumeReclaimPolicy: "Delete",
        ...more,
      },
      status: { phase },
    });
  const left = (objects: readonly object[], answer: unknown = ok(undefined)) => {
    const loop = loopOver(objects, answer);
    const plan = loop.turn("volume/v", 0);
    const isAsked = plan?.actions.some(({ op }) => op === "device");
    return [isAsked ? "asked" : "left", loop.all(persistentVolume).length];
  };
  assert.deepEqual(left([volume("Released")]), ["asked", 0]);
  assert.deepEqual(left([volume("Bound")]), ["left", 1]);
  assert.deepEqual(left([volume("Released", { persistentVolumeReclaimPolicy: "Retain" })]), ["left", 1]);
  assert.deepEqual(left([volume("Released")], failed("disk on fire")), ["asked", 1]);
  // The API says that the claim is there after all.
  assert.deepEqual(left([volume("Released"), claimNamed("a", { metadata: { uid: "u" } })]), ["asked", 1]);
  const going = volume("Released");
  const loop = loopOver([{ ...going, metadata: { ...going.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } }]);
  loop.turn("volume/v", 0);
  assert.deepEqual(loop.all(persistentVolume)[0]?.metadata.finalizers, ["kubernetes.io/pv-protection"]);
});

test("storageDriver lets a bound claim's volume grow, and then says that it has", () => {
  const csi = { hostPath: undefined, csi: { driver: diskDriver, volumeHandle: "v" } };
  const claim = claimNamed("a", {
    metadata: { uid: "u" },
    spec: { volumeName: "v", resources: { requests: { storage: "2Gi" } } },
    status: { phase: "Bound", capacity: { storage: "1Gi" } },
  });
  const claimRef = { name: "a", namespace: "default", uid: "u" };
  const loop = loopOver([claim, volumeNamed("v", { spec: { ...csi, claimRef } })]);
  const plan = loop.turn("claim/default/a", 0);
  assert.deepEqual(eventsOf(plan), [
    "Resizing: External resizer is resizing volume v",
    "VolumeResizeSuccessful: Resize volume succeeded",
  ]);
  assert.equal(loop.all(persistentVolume)[0]?.spec.capacity?.storage, "2Gi");
  assert.equal(loop.all(persistentVolumeClaim)[0]?.status.capacity?.storage, "2Gi");
  assert.deepEqual(loop.turn("claim/default/a", 0)?.actions, []);
});
