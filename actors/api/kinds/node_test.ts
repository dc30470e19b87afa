import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import { storageKey, storageRange } from "../kind.ts";
import type { Namespace, Node } from "../types.ts";
import { thaw } from "../types.ts";
import { type CSINode, csiNodeRules as csiNode } from "./csi_node.ts";
import { leaseRules as lease } from "./lease.ts";
import { namespaceRules as namespace } from "./namespace.ts";
import { nodeRules as node } from "./node.ts";
import { pod } from "./pod.ts";
import { service } from "./service.ts";

function created(): Node {
  const status = { capacity: { cpu: "4", pods: "110" } };
  const draft: Node = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" }, spec: {}, status };
  node.applyDefaults(draft);
  node.prepareForCreate(draft);
  return draft;
}

test("node keeps the status that its kubelet creates it with", () => {
  const { status, metadata } = created();
  assert.deepEqual(status.allocatable, { cpu: "4", pods: "110" });
  assert.equal(metadata.generation, undefined);
});

test("node.validateUpdate() keeps what was assigned once", () => {
  const old = created();
  const draft = thaw<Node>(old);
  draft.spec = { providerID: "sim://1", podCIDRs: ["10.1.0.0/24"], taints: [{ key: "a", effect: "Sometimes" }] };
  assert.deepEqual(node.validateUpdate(draft, old).map(fieldErrorText), [
    'metadata.taints[0].effect: Unsupported value: "Sometimes": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
  ]);
  assert.deepEqual(node.validateUpdate(old, draft).map(fieldErrorText), [
    'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
  ]);
});

test("csiNode.validateUpdate() lets drivers come and go, and keeps what each has said", () => {
  const withDrivers = (...drivers: CSINode["spec"]["drivers"]): CSINode => ({
    ...{ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: { name: "n1" } },
    spec: { drivers },
  });
  const old = withDrivers({ name: "a.example", nodeID: "n1", allocatable: { count: 3 } }, { name: "b", nodeID: "x" });
  const next = withDrivers({ name: "a.example", nodeID: "n1", allocatable: { count: 3 }, topologyKeys: [] });
  assert.deepEqual(csiNode.validateUpdate(next, old), []);
  assert.deepEqual(csiNode.validateUpdate(old, next), []);
  const [error, ...others] = csiNode.validateUpdate(withDrivers({ name: "a.example", nodeID: "n1" }), old);
  assert.deepEqual([error?.field, error?.detail, others], ["spec.drivers", "field is immutable", []]);
});

test("namespace is named by a label and held by a finalizer that only its own path removes", () => {
  const draft: Namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" }, spec: {}, status: {} };
  namespace.applyDefaults(draft);
  namespace.prepareForCreate(draft);
  assert.deepEqual(draft.metadata.labels, { "kubernetes.io/metadata.name": "a" });
  assert.deepEqual(draft.spec, { finalizers: ["kubernetes"] });
  assert.deepEqual(draft.status, { phase: "Active" });
  const changed = thaw<Namespace>(draft);
  changed.spec.finalizers = [];
  namespace.prepareForUpdate(changed, draft);
  assert.deepEqual(changed.spec.finalizers, ["kubernetes"]);
  const bad = { ...draft, metadata: { name: "a.b" } };
  assert.deepEqual(namespace.validate(bad).map(fieldErrorText), [
    'metadata.name: Invalid value: "a.b": must not contain dots',
  ]);
});

test("storageKey() lays objects out as etcd has them", () => {
  assert.equal(storageKey(node, { name: "n1" }), "/registry/minions/n1");
  assert.equal(storageKey(pod, { namespace: "a", name: "p" }), "/registry/pods/a/p");
  assert.equal(storageKey(service, { namespace: "a", name: "s" }), "/registry/services/specs/a/s");
  assert.equal(storageRange(lease, "kube-node-lease"), "/registry/leases/kube-node-lease/");
  assert.equal(storageRange(pod), "/registry/pods/");
  assert.equal(storageRange(node, "ignored"), "/registry/minions/");
});

test("lease.validate() wants a duration of some length", () => {
  const metadata = { name: "l", namespace: "n" };
  const draft = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: { leaseDurationSeconds: 0 } };
  assert.deepEqual(lease.validate(draft).map(fieldErrorText), [
    "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
  ]);
});
