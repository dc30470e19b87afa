import { assert, test } from "../../../properties/house/test.ts";
import { boundTo, coreOf, decideAll, outcomeOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import {
  claimNamed,
  classNamed,
  type StorageOptions,
  volumeNamed,
} from "../../../properties/stages/storage/storage_objects.ts";
import type { PersistentVolume } from "../../api/kinds/persistent_volume.ts";
import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import type { StorageClass } from "../../api/kinds/storage_class.ts";
import type { Core } from "../core.ts";

const podWith = (name: string, ...claims: string[]) =>
  podOf({
    name,
    spec: { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) },
  });
const unhelpful =
  "no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

const claim = (name: string, options: StorageOptions = {}) =>
  claimNamed(name, { ...options, metadata: { uid: `uid-${name}`, ...options.metadata } }) as PersistentVolumeClaim;
const volume = (name: string, spec: object = {}) => volumeNamed(name, { spec }) as PersistentVolume;
const bound = (name: string, volumeName: string) =>
  claim(name, {
    metadata: { annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
    spec: { volumeName },
    status: { phase: "Bound" },
  });
const onNode = (node: string) => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }],
    },
  },
});
const delayed = (provisioner: string) =>
  classNamed("fast", { volumeBindingMode: "WaitForFirstConsumer", provisioner }) as unknown as StorageClass;

function coreWith(objects: readonly (PersistentVolumeClaim | PersistentVolume | StorageClass)[], nodes = ["a"]): Core {
  const core = coreOf({ nodes: nodes.map((name) => ({ name })) });
  for (const object of objects) see(core, object);
  return core;
}

function see(core: Core, object: PersistentVolumeClaim | PersistentVolume | StorageClass): void {
  const { volumes } = core.related;
  if (object.kind === "PersistentVolumeClaim") {
    volumes.setClaim(object as PersistentVolumeClaim);
    core.claimChanged(object as PersistentVolumeClaim, 0);
  } else if (object.kind === "PersistentVolume") {
    volumes.setVolume(object as PersistentVolume);
    core.volumesChanged("volume.change", 0);
  } else volumes.setClass(object as StorageClass);
}

test("volumeBinding says what is wrong with a pod's claims, in Kubernetes' words", () => {
  const cases: [PersistentVolumeClaim | undefined, string][] = [
    [undefined, 'persistentvolumeclaim "data" not found'],
    [claim("data"), "pod has unbound immediate PersistentVolumeClaims"],
    [claim("data", { spec: { volumeName: "pv-1" } }), "pod has unbound immediate PersistentVolumeClaims"],
    [
      claim("data", { metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" } }),
      'persistentvolumeclaim "data" is being deleted',
    ],
    [
      claim("data", { spec: { volumeName: "pv-1" }, status: { phase: "Lost" } }),
      'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv-1"',
    ],
  ];
  for (const [seen, text] of cases) {
    const core = coreWith(seen ? [seen] : []);
    core.podSeen(podWith("p", "data"), 0);
    const reason = `0/1 nodes are available: ${text}. ${unhelpful}`;
    assert.equal(outcomeOf(decideAll(core)[0]), reason);
  }
});

test("volumeBinding places a pod where its bound volumes are, and says so of other nodes", () => {
  const core = coreWith([bound("data", "v"), volume("v", onNode("b"))], ["a", "b"]);
  core.podSeen(podWith("p", "data"), 0);
  assert.equal(outcomeOf(decideAll(core)[0]), "b");
  const elsewhere = coreWith([bound("data", "v"), volume("v", onNode("b"))]);
  elsewhere.podSeen(podWith("p", "data"), 0);
  assert.match(outcomeOf(decideAll(elsewhere)[0]), /1 node\(s\) didn't match PersistentVolume's node affinity/);
  const gone = coreWith([bound("data", "v")]);
  gone.podSeen(podWith("p", "data"), 0);
  assert.match(outcomeOf(decideAll(gone)[0]), /persistentvolume "v" not found/);
});

test("volumeBinding gives each of a pod's claims a volume of its own, the smallest first, and keeps them from others", () => {
  const core = coreWith([
    delayed("kubernetes.io/no-provisioner"),
    claim("large", { spec: { resources: { requests: { storage: "3Gi" } } } }),
    claim("small"),
    claim("other"),
    volume("v3", { capacity: { storage: "3Gi" } }),
    volume("v1"),
  ]);
  core.podSeen(podWith("p", "large", "small"), 0);
  const decision = core.next({ nowMs: 0, int: () => 0 });
  assert.ok(decision?.kind === "bind");
  const writes = decision.writes.map(({ resource, name, body }) => {
    const { spec } = JSON.parse(body) as { spec?: { claimRef?: { name: string; uid: string } } };
    return `${resource} ${name} ${spec?.claimRef?.name ?? ""}`.trimEnd();
  });
  assert.deepEqual(writes, ["persistentvolumes v1 small", "persistentvolumes v3 large", "pods p"]);
  assert.equal(core.readiness(decision.pod, decision.node, 0), "not yet");
  core.podSeen(podWith("q", "other"), 0);
  const second = core.next({ nowMs: 0, int: () => 0 });
  assert.match(outcomeOf(second), /1 node\(s\) didn't find available persistent volumes to bind/);
  see(core, bound("small", "v1"));
  assert.equal(core.readiness(decision.pod, decision.node, 0), "not yet");
  see(core, bound("large", "v3"));
  assert.equal(core.readiness(decision.pod, decision.node, 0), "ready");
});

test("volumeBinding has a volume made for the node that it chose, and takes a second pod of the claim there, too", () => {
  const core = coreWith([delayed("disk.example"), claim("data")], ["a", "b"]);
  core.podSeen(podWith("p", "data"), 0);
  const decision = core.next({ nowMs: 0, int: () => 1 });
  assert.ok(decision?.kind === "bind");
  const { node } = decision;
  const [write] = decision.writes;
  const { annotations } = JSON.parse(write?.body ?? "").metadata;
  assert.deepEqual(annotations, { "volume.kubernetes.io/selected-node": node });
  core.podSeen(podWith("q", "data"), 0);
  const second = core.next({ nowMs: 0, int: () => 0 });
  assert.ok(second?.kind === "bind" && second.node === node);
  // Who was to make it gives up.
  see(core, claim("data", { metadata: { annotations } }));
  assert.equal(core.readiness(decision.pod, node, 0), "not yet");
  see(core, claim("data"));
  assert.deepEqual(core.readiness(decision.pod, node, 0), { failure: 'provisioning failed for PVC "data"' });
  core.bindFailed(decision.pod, { node, nowMs: 0 });
  assert.equal(core.related.volumes.assumption(decision.pod.uid), undefined);
});

test("volumeBinding tries a pod again when its claim changes, and not when another does", () => {
  const core = coreWith([claim("data"), volume("v")]);
  const pod = podWith("p", "data");
  core.podSeen(pod, 0);
  decideAll(core);
  see(core, bound("other", "v2"));
  assert.equal(outcomeOf(core.next({ nowMs: 60_000, int: () => 0 })), "nothing waits");
  see(core, bound("data", "v"));
  const next = core.next({ nowMs: 61_000, int: () => 0 });
  assert.equal(outcomeOf(next), "a");
  core.podSeen(boundTo(pod, "a"), 0);
});
