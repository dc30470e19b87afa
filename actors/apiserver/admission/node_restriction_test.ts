import { assert, test } from "../../../properties/house/test.ts";
import { createLab, type LabOptions, type LabRequest, podNamed } from "../../../properties/stages/apiserver/lab.ts";
import { forbiddenLabels } from "./node_restriction/labels.ts";

const kubelet = { name: "system:node:n1", groups: ["system:nodes", "system:authenticated"] };
const namespace = "default";
const merge = { contentType: "application/merge-patch+json" } as const;

test("forbiddenLabels() lets a kubelet set labels of its own domains, and those that are nobody's", () => {
  const set = (key: string) => forbiddenLabels({}, { [key]: "x" }).length === 0;
  const free = ["team", "acme.com/x", "kubernetes.io/hostname", "topology.kubernetes.io/zone", "node.kubernetes.io/x"];
  const kept = [
    "kubernetes.io/x",
    "node-role.kubernetes.io/control-plane",
    "x.k8s.io/y",
    "topology.kubernetes.io/rack",
  ];
  const kept2 = ["node-restriction.kubernetes.io/fips", "a.node-restriction.kubernetes.io/fips"];
  assert.deepEqual(free.map(set), [true, true, true, true, true]);
  assert.ok([...free, "a.kubelet.kubernetes.io/x"].every(set));
  assert.ok(![...kept, ...kept2].some(set));
  const before = { "node-role.kubernetes.io/a": "1", "kubernetes.io/os": "linux", constructor: "x" };
  assert.deepEqual(forbiddenLabels(before, before), []);
  assert.deepEqual(forbiddenLabels(before, {}), ["node-role.kubernetes.io/a"]);
});

/** A lab with the node of a kubelet, one of its pods, and one of another's. */
function stage(input: LabOptions["input"] = {}) {
  const lab = createLab({ input });
  const as = (request: LabRequest) => ({ user: kubelet, ...request });
  const node = (name: string, metadata: object = {}) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, ...metadata },
  });
  const said = ({ code, body }: { readonly code: number; readonly body: { readonly message?: string } }) =>
    code < 400 ? "" : `${code} ${body.message}`;
  lab.call("create", "nodes", { body: node("n2") });
  for (const [name, nodeName] of [
    ["mine", "n1"],
    ["other", "n2"],
  ] as const) {
    lab.call("create", "pods", { namespace, body: podNamed(name, { spec: { nodeName } }) });
  }
  lab.simulation.advance(50);
  return { ...lab, as, node, said };
}

test("a kubelet registers its own node, without labels by which others are kept away", () => {
  const { call, as, node, said } = stage();
  assert.equal(
    said(call("create", "nodes", as({ body: node("n3") }))),
    '403 nodes "n3" is forbidden: node "n1" is not allowed to modify node "n3"',
  );
  const labels = { "node-restriction.kubernetes.io/a": "x", "kubernetes.io/role": "x", zone: "y" };
  assert.equal(
    said(call("create", "nodes", as({ body: node("n1", { labels }) }))),
    '403 nodes "n1" is forbidden: node "n1" is not allowed to set the following labels: kubernetes.io/role, node-restriction.kubernetes.io/a',
  );
  assert.equal(said(call("create", "nodes", as({ body: node("n1", { labels: { zone: "y" } }) }))), "");
  const patch = (name: string, body: object, subresource?: string) =>
    said(call("patch", "nodes", as({ name, body, ...merge, ...(subresource ? { subresource } : {}) })));
  assert.equal(patch("n1", { metadata: { labels: { zone: "z" } } }), "");
  assert.equal(
    patch("n1", { metadata: { labels: { "k8s.io/x": "z" } } }),
    '403 nodes "n1" is forbidden: is not allowed to modify labels: k8s.io/x',
  );
  assert.equal(
    patch("n1", { spec: { taints: [{ key: "a", effect: "NoSchedule" }] } }),
    '403 nodes "n1" is forbidden: node "n1" is not allowed to modify taints',
  );
  const ownerReferences = [{ apiVersion: "v1", kind: "Node", name: "x", uid: "y" }];
  assert.match(patch("n1", { metadata: { ownerReferences } }), /node "n1" is not allowed to modify ownerReferences$/);
  assert.equal(patch("n1", { status: { phase: "x" } }, "status"), "");
  assert.match(patch("n2", { status: { phase: "x" } }, "status"), /node "n1" is not allowed to modify node "n2"$/);
});

test("the kubelet of a node of the control plane says that it is one, and no other does", () => {
  const role = { labels: { "node-role.kubernetes.io/control-plane": "" } };
  const register = (controlPlanes: readonly string[]) => {
    const { call, as, node, said } = stage({ controlPlanes });
    return said(call("create", "nodes", as({ body: node("n1", role) })));
  };
  assert.equal(register(["n1"]), "");
  assert.match(register(["n2"]), /not allowed to set the following labels: node-role.kubernetes.io\/control-plane$/);
});

test("a kubelet writes the status of its own pods, and removes and evicts these alone", () => {
  const { call, as, said } = stage();
  const status = (name: string, body: object = { status: { message: "x" } }) =>
    said(call("patch", "pods", as({ namespace, name, subresource: "status", body, ...merge })));
  assert.equal(status("mine"), "");
  assert.equal(
    status("other"),
    '403 pods "other" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself',
  );
  assert.match(
    status("mine", { metadata: { labels: { a: "b" } } }),
    /node "n1" cannot update labels through pod status$/,
  );
  const evict = (name: string) => {
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
    return said(call("create", "pods", as({ namespace, name, subresource: "eviction", body })));
  };
  assert.match(evict("other"), /^403 .*node n1 can only evict pods with spec.nodeName set to itself$/);
  assert.equal(evict("none"), '404 pods "none" not found');
  assert.equal(evict("mine"), "");
  const remove = (name: string) => said(call("delete", "pods", as({ namespace, name })));
  assert.match(remove("other"), /^403 .*node "n1" can only delete pods with spec.nodeName set to itself$/);
  assert.equal(remove("mine"), "");
});

test("a kubelet shows pods of its own, which have nothing of the API", () => {
  const { call, as, said, node } = stage();
  const { uid } = call("create", "nodes", { body: node("n1") }).body.metadata;
  const owner = { apiVersion: "v1", kind: "Node", name: "n1", uid, controller: true };
  const create = (metadata: object, spec: object = {}) => {
    const pod = podNamed("mirror", { spec: { nodeName: "n1", ...spec } }) as { metadata: object };
    const body = { ...pod, metadata: { name: "mirror", ...metadata } };
    return said(call("create", "pods", as({ namespace, body })));
  };
  const mirror = { annotations: { "kubernetes.io/config.mirror": "x" } };
  assert.match(create({}), /does not have "kubernetes.io\/config.mirror" annotation, node "n1" can only create mirror/);
  assert.match(create(mirror, { nodeName: "n2" }), /can only create pods with spec.nodeName set to itself$/);
  assert.match(create(mirror), /can only create pods with an owner reference set to itself$/);
  const owned = (more: object) => ({ ...mirror, ownerReferences: [{ ...owner, ...more }] });
  assert.match(create(owned({ controller: false })), /with a controller owner reference set to itself$/);
  assert.match(create(owned({ blockOwnerDeletion: true })), /must not set blockOwnerDeletion on an owner reference$/);
  assert.match(create(owned({ uid: "x" })), /node n1 UID mismatch: expected x got /);
  const claim = { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }] };
  assert.match(create(owned({}), claim), /can not create pods that reference persistentvolumeclaims$/);
  const map = { volumes: [{ name: "v", configMap: { name: "c" } }] };
  assert.match(create(owned({}), map), /can not create pods that reference configmaps$/);
  assert.equal(create(owned({})), "");
});

test("a kubelet has tokens made for its own pods alone, and for those who read what their volumes say", () => {
  const { call, as, said } = stage();
  const uidOf = (name: string) => call("get", "pods", { namespace, name }).body.metadata.uid;
  const token = (boundObjectRef: object | undefined, audiences: string[] = []) => {
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { audiences, boundObjectRef } };
    return said(call("create", "serviceaccounts", as({ namespace, name: "default", subresource: "token", body })));
  };
  const pod = (name: string) => ({ apiVersion: "v1", kind: "Pod", name, uid: uidOf(name) });
  assert.match(token(undefined), /node requested token not bound to a pod$/);
  assert.match(token({ ...pod("mine"), kind: "Node" }), /node requested token not bound to a pod$/);
  assert.match(token({ ...pod("mine"), uid: "" }), /node requested token with a pod binding without a uid$/);
  assert.match(token({ ...pod("mine"), uid: "x" }), /UID in the bound object reference \(x\) does not match/);
  assert.match(token(pod("other")), /node requested token bound to a pod scheduled on a different node$/);
  assert.match(token(pod("mine"), ["vault"]), /audience "vault" not found in pod spec volume$/);
  assert.match(token(pod("mine"), ["a", "b"]), /node may only request 0 or 1 audiences$/);
  assert.equal(token(pod("mine")), "");
});

test("a kubelet makes its own lease, and nobody else's", () => {
  const { call, as, said } = stage();
  const lease = (name: string) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name },
    spec: {},
  });
  const create = (name: string) =>
    said(call("create", "leases", as({ namespace: "kube-node-lease", body: lease(name) })));
  assert.match(create("n2"), /^403 .*can only access node lease with the same name as the requesting node$/);
  assert.equal(create("n1"), "");
});
