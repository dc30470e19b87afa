import { assert, test } from "../../../properties/house/test.ts";
import type { Pod } from "../../api/types.ts";
import { judgeResource } from "./_authorize.ts";
import { createRights } from "./_rights.ts";
import { takePod } from "./nodes/graph.ts";

const groups = ["system:nodes", "system:authenticated"];

function stage() {
  const rights = createRights(new Map());
  const spec = {
    nodeName: "n1",
    serviceAccountName: "robot",
    containers: [],
    volumes: [
      { name: "v", secret: { secretName: "s" } },
      { name: "d", persistentVolumeClaim: { claimName: "data" } },
    ],
  };
  takePod(rights.graph, undefined, { metadata: { name: "web", namespace: "shop" }, spec } as unknown as Pod);
  /** What the kubelet of `n1` is told: empty where it may, else why not. */
  return (
    wish: string,
    { name = "", namespace = "", group = "", user = "system:node:n1", fieldSelector = "" } = {},
  ) => {
    const [verb = "", resource = ""] = wish.split(" ");
    const selected = fieldSelector === "" ? {} : { fieldSelector };
    const asked = { user: { name: user, groups }, verb, resource, group, namespace, name, ...selected };
    const { decision, reason } = judgeResource(rights, asked);
    return decision === "allow" ? "" : reason || "no";
  };
}

test("a kubelet reads its own node, and lists its own pods alone", () => {
  const ask = stage();
  const own = { name: "n1" };
  assert.deepEqual(
    ["get nodes", "list nodes", "watch nodes", "update nodes", "patch nodes/status"].map((wish) => ask(wish, own)),
    ["", "", "", "", ""],
  );
  assert.equal(ask("get nodes", { name: "n2" }), "node 'n1' cannot read 'n2', only its own Node object");
  assert.equal(ask("list nodes"), "node 'n1' cannot read all nodes, only its own Node object");
  assert.equal(ask("delete nodes", own), "no");
  assert.equal(ask("list pods", { fieldSelector: "spec.nodeName=n1" }), "");
  for (const fieldSelector of ["", "spec.nodeName=n2", "spec.nodeName!=n1", "status.phase=Running"]) {
    assert.equal(ask("watch pods", { fieldSelector }), "can only list/watch pods with spec.nodeName field selector");
  }
  const at = { namespace: "shop" };
  assert.equal(ask("get pods", { ...at, name: "web" }), "");
  assert.equal(ask("get pods", { ...at, name: "other" }), "no relationship found between node 'n1' and this object");
  for (const wish of ["get pods/log", "create pods/exec", "update pods", "deletecollection pods"]) {
    assert.equal(ask(wish, { ...at, name: "web" }), "no", wish);
  }
});

test("a kubelet reads the Secrets of its own pods, one by one, and has tokens of their accounts made", () => {
  const ask = stage();
  const at = { namespace: "shop" };
  assert.deepEqual(
    ["get", "list", "watch"].map((verb) => ask(`${verb} secrets`, { ...at, name: "s" })),
    ["", "", ""],
  );
  const unrelated = "no relationship found between node 'n1' and this object";
  assert.equal(ask("get secrets", { ...at, name: "other" }), unrelated);
  assert.equal(ask("get secrets", { namespace: "kube-system", name: "s" }), unrelated);
  assert.equal(ask("list secrets", at), "No Object name found");
  assert.equal(ask("list secrets", { name: "s" }), "can only read namespaced object of this type");
  assert.equal(ask("update secrets", { ...at, name: "s" }), "can only read resources of this type");
  assert.equal(ask("get secrets", { ...at, name: "s", user: "system:node:n2" }), unrelated.replace("n1", "n2"));
  assert.equal(ask("create serviceaccounts/token", { ...at, name: "robot" }), "");
  assert.equal(ask("create serviceaccounts/token", { ...at, name: "default" }), unrelated);
  assert.equal(ask("create serviceaccounts", at), "can only create tokens for individual service accounts");
  assert.equal(ask("list persistentvolumes"), "can only get individual resources of this type");
});

test("a kubelet watches the claims of its own pods one by one, and attachments that are yet to come", () => {
  const ask = stage();
  const at = { namespace: "shop" };
  assert.equal(ask("watch persistentvolumeclaims", { ...at, name: "data" }), "");
  assert.match(ask("list persistentvolumeclaims", { ...at, name: "other" }), /^no relationship found/);
  assert.equal(ask("list persistentvolumeclaims", at), "can only get individual resources of this type");
  const attachment = { group: "storage.k8s.io", name: "csi-1" };
  assert.equal(ask("watch volumeattachments", attachment), "");
  assert.match(ask("get volumeattachments", attachment), /^no relationship found/);
});

test("a kubelet keeps its own lease, and nobody else's", () => {
  const ask = stage();
  const lease = { group: "coordination.k8s.io", namespace: "kube-node-lease", name: "n1" };
  assert.deepEqual(
    ["get", "update", "patch", "delete"].map((verb) => ask(`${verb} leases`, lease)),
    ["", "", "", ""],
  );
  assert.equal(ask("create leases", { ...lease, name: "" }), "");
  const other = "can only access node lease with the same name as the requesting node";
  assert.equal(ask("update leases", { ...lease, name: "n2" }), other);
  assert.equal(
    ask("update leases", { ...lease, namespace: "kube-system" }),
    'can only access leases in the "kube-node-lease" system namespace',
  );
  assert.equal(ask("list leases", lease), "can only get, create, update, patch, or delete a node lease");
});

test("what every kubelet may, each may; who is no kubelet, or does not say whose, is helped by no node", () => {
  const ask = stage();
  assert.deepEqual(
    ["list services", "create events", "patch events"].map((wish) => ask(wish, { namespace: "shop" })),
    ["", "", ""],
  );
  assert.equal(ask("create events", { namespace: "shop", group: "events.k8s.io" }), "no");
  assert.equal(ask("list namespaces"), "no");
  assert.equal(ask("get nodes", { user: "system:node:", name: "n1" }), 'unknown node for user "system:node:"');
  assert.equal(ask("get nodes", { user: "n1", name: "n1" }), "no");
});
