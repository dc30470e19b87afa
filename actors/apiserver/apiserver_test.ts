import { assert, test } from "../../properties/house/test.ts";
import { configMapNamed, createLab, podNamed } from "../../properties/stages/apiserver/lab.ts";

const inDefault = { namespace: "default" };

test("apiserver starts, makes the first namespaces and its own service", () => {
  const lab = createLab({ servers: 2 });
  const names = lab
    .call("list", "namespaces")
    .body.items.map((each: { metadata: { name: string } }) => each.metadata.name);
  assert.deepEqual(names, ["default", "kube-node-lease", "kube-public", "kube-system"]);
  const service = lab.call("get", "services", { ...inDefault, name: "kubernetes" }).body;
  assert.equal(service.spec.clusterIP, "10.96.0.1");
});

test("apiserver creates, reads, updates and deletes an object with Kubernetes' codes and words", () => {
  const lab = createLab();
  const created = lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a", { data: { k: "1" } }) });
  assert.equal(created.code, 201);
  assert.match(created.body.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const again = lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  assert.equal(again.code, 409);
  assert.equal(again.body.message, 'configmaps "a" already exists');
  const got = lab.call("get", "configmaps", { ...inDefault, name: "a" });
  assert.deepEqual(got.body, created.body);
  const updated = lab.call("update", "configmaps", {
    ...inDefault,
    name: "a",
    body: { ...got.body, data: { k: "2" } },
  });
  assert.equal(updated.code, 200);
  assert.ok(Number(updated.body.metadata.resourceVersion) > Number(got.body.metadata.resourceVersion));
  const stale = lab.call("update", "configmaps", { ...inDefault, name: "a", body: { ...got.body, data: { k: "3" } } });
  assert.equal(stale.code, 409);
  assert.equal(
    stale.body.message,
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  );
  const same = lab.call("update", "configmaps", { ...inDefault, name: "a", body: updated.body });
  assert.equal(same.body.metadata.resourceVersion, updated.body.metadata.resourceVersion);
  const deleted = lab.call("delete", "configmaps", { ...inDefault, name: "a" });
  assert.equal(deleted.body.status, "Success");
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "a" }).body.message, 'configmaps "a" not found');
});

test("apiserver watches from now, tells each change once and in order, and shows that a quiet stream lives", () => {
  const lab = createLab();
  const box = lab.watch("configmaps", { ...inDefault });
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("a") });
  lab.call("patch", "configmaps", {
    ...inDefault,
    name: "a",
    contentType: "application/merge-patch+json",
    body: { data: { k: "v" } },
  });
  lab.call("delete", "configmaps", { ...inDefault, name: "a" });
  lab.simulation.advance(20);
  assert.deepEqual(
    box.events.map(({ type }) => type),
    ["ADDED", "MODIFIED", "DELETED"],
  );
  const versions = box.events.map(({ object }) => Number(JSON.parse(object).metadata.resourceVersion));
  assert.deepEqual(
    versions,
    [...versions].sort((a, b) => a - b),
  );
  assert.equal(new Set(versions).size, 3);
  const before = box.signs;
  lab.simulation.advance(12_000);
  assert.ok(box.signs >= before + 2);
  assert.equal(box.gap, false);
});

test("apiserver lets a pod end in its own time, and binds it once", () => {
  const lab = createLab();
  assert.equal(lab.call("create", "pods", { ...inDefault, body: podNamed("p") }).code, 201);
  const target = (node: string) => ({
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name: "p" },
    target: { kind: "Node", name: node },
  });
  const bind = (node: string) =>
    lab.call("create", "pods", { ...inDefault, name: "p", subresource: "binding", body: target(node) });
  assert.equal(bind("n1").code, 201);
  const twice = bind("n2");
  assert.equal(twice.code, 409);
  assert.equal(
    twice.body.message,
    'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
  );
  const ending = lab.call("delete", "pods", { ...inDefault, name: "p" });
  assert.equal(ending.body.metadata.deletionGracePeriodSeconds, 30);
  const gone = lab.call("delete", "pods", { ...inDefault, name: "p", query: { gracePeriodSeconds: "0" } });
  assert.equal(gone.code, 200);
  assert.equal(lab.call("get", "pods", { ...inDefault, name: "p" }).code, 404);
});
