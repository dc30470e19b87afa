import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, deploymentNamed } from "../../../properties/stages/apiserver/lab.ts";

const inDefault = { namespace: "default" };

test("an object with finalizers is marked and goes when the last of them does", () => {
  const lab = createLab();
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "f", finalizers: ["example.com/hold"] } };
  lab.call("create", "configmaps", { ...inDefault, body });
  const marked = lab.call("delete", "configmaps", { ...inDefault, name: "f" });
  assert.ok(marked.body.metadata.deletionTimestamp);
  assert.equal(marked.body.metadata.deletionGracePeriodSeconds, 0);
  const again = lab.call("create", "configmaps", { ...inDefault, body });
  assert.equal(again.body.message, 'object is being deleted: configmaps "f" already exists');
  const patch = { contentType: "application/merge-patch+json", body: { metadata: { finalizers: null } } } as const;
  assert.equal(lab.call("patch", "configmaps", { ...inDefault, name: "f", ...patch }).code, 200);
  assert.equal(lab.call("get", "configmaps", { ...inDefault, name: "f" }).code, 404);
});

test("propagation policies become finalizers; preconditions are kept", () => {
  const lab = createLab();
  for (const [name, propagationPolicy, finalizer] of [
    ["o", "Orphan", "orphan"],
    ["f", "Foreground", "foregroundDeletion"],
  ] as const) {
    lab.call("create", "deployments", { ...inDefault, body: deploymentNamed(name) });
    const marked = lab.call("delete", "deployments", { ...inDefault, name, body: { propagationPolicy } });
    assert.deepEqual(marked.body.metadata.finalizers, [finalizer]);
  }
  lab.call("create", "deployments", { ...inDefault, body: deploymentNamed("b") });
  const unmet = lab.call("delete", "deployments", {
    ...inDefault,
    name: "b",
    body: { preconditions: { uid: "other" } },
  });
  assert.equal(unmet.code, 409);
  assert.match(unmet.body.message, /Precondition failed: UID in precondition: other, UID in object meta: /);
  assert.equal(
    lab.call("delete", "deployments", { ...inDefault, name: "b", body: { propagationPolicy: "Background" } }).body
      .status,
    "Success",
  );
});

test("what Jobs and ReplicationControllers own stays where a delete says nothing else, and Jobs warn of it", () => {
  const lab = createLab();
  const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "a", image: "a" }] } };
  const jobTemplate = { spec: { ...template.spec, restartPolicy: "Never" } };
  const owners = [
    ["jobs", { apiVersion: "batch/v1", kind: "Job", metadata: { name: "a" }, spec: { template: jobTemplate } }],
    [
      "replicationcontrollers",
      { apiVersion: "v1", kind: "ReplicationController", metadata: { name: "a" }, spec: { template } },
    ],
  ] as const;
  for (const [resource, body] of owners) {
    assert.equal(lab.call("create", resource, { ...inDefault, body }).code, 201);
    const marked = lab.call("delete", resource, { ...inDefault, name: "a" });
    assert.deepEqual(marked.body.metadata.finalizers, ["orphan"]);
    const warned = (marked.warnings ?? []).filter((text) => text.startsWith("child pods are preserved by default"));
    assert.equal(warned.length, resource === "jobs" ? 1 : 0);
  }
  // Who asked for another end keeps it, and who asks in old words for all to go is told that this is still to come.
  const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "b", finalizers: ["foregroundDeletion"] } };
  lab.call("create", "jobs", { ...inDefault, body: { ...job, spec: { template: jobTemplate } } });
  const kept = lab.call("delete", "jobs", { ...inDefault, name: "b" });
  assert.deepEqual(kept.body.metadata.finalizers, ["foregroundDeletion"]);
  const held = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "h", finalizers: ["a.b/c"] } };
  lab.call("create", "configmaps", { ...inDefault, body: held });
  const legacy = lab.call("delete", "configmaps", { ...inDefault, name: "h", body: { orphanDependents: false } });
  assert.equal(legacy.code, 202);
});

test("of some kinds a delete answers with the object that is gone, of others with a Status", () => {
  const lab = createLab();
  const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "q" }, spec: { hard: { pods: "1" } } };
  lab.call("create", "resourcequotas", { ...inDefault, body: quota });
  assert.equal(lab.call("delete", "resourcequotas", { ...inDefault, name: "q" }).body.kind, "ResourceQuota");
  const storageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "s" },
    provisioner: "a/b",
  };
  lab.call("create", "storageclasses", { body: storageClass });
  assert.equal(lab.call("delete", "storageclasses", { name: "s" }).body.provisioner, "a/b");
  lab.call("create", "configmaps", { ...inDefault, body: configMapNamed("c") });
  assert.equal(lab.call("delete", "configmaps", { ...inDefault, name: "c" }).body.kind, "Status");
});

test("a namespace ends in two steps: nothing is created in it once it is marked, finalize lets it go", () => {
  const lab = createLab();
  const missing = lab.call("create", "configmaps", { namespace: "team", body: configMapNamed("a") });
  assert.equal(missing.body.message, 'namespaces "team" not found');
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } } });
  assert.equal(lab.call("create", "configmaps", { namespace: "team", body: configMapNamed("a") }).code, 201);
  const marked = lab.call("delete", "namespaces", { name: "team" }).body;
  assert.equal(marked.status.phase, "Terminating");
  lab.simulation.advance(20);
  const refused = lab.call("create", "configmaps", { namespace: "team", body: configMapNamed("b") });
  assert.equal(refused.code, 403);
  assert.equal(
    refused.body.message,
    'configmaps "b" is forbidden: unable to create new content in namespace team because it is being terminated',
  );
  const body = { ...marked, spec: { finalizers: [] } };
  assert.equal(lab.call("update", "namespaces", { name: "team", subresource: "finalize", body }).code, 200);
  assert.equal(lab.call("get", "namespaces", { name: "team" }).code, 404);
});

test("deletecollection deletes what its selector means", () => {
  const lab = createLab();
  for (const name of ["a", "b", "c"]) {
    lab.call("create", "configmaps", {
      ...inDefault,
      body: configMapNamed(name, { labels: { keep: String(name === "b") } }),
    });
  }
  const gone = lab.call("deletecollection", "configmaps", { ...inDefault, query: { labelSelector: "keep=false" } });
  assert.equal(gone.body.items.length, 2);
  const left = lab
    .call("list", "configmaps", inDefault)
    .body.items.map((each: { metadata: { name: string } }) => each.metadata.name);
  assert.deepEqual(left, ["b"]);
});
