import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab, deploymentNamed } from "../../../properties/stages/controllers/lab.ts";

const namespace = "team";
const merge = { contentType: "application/merge-patch+json" } as const;

test("namespace empties a namespace of everything, controllers notwithstanding, and lets it go", () => {
  const lab = createControllerLab();
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } } });
  lab.call("create", "deployments", { namespace, body: deploymentNamed("web") });
  lab.call("create", "configmaps", {
    namespace,
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
  });
  assert.ok(lab.until(() => lab.all("pods", namespace).length === 3));
  assert.equal(lab.call("delete", "namespaces", { name: namespace }).body.status.phase, "Terminating");
  assert.ok(lab.until(() => lab.call("get", "namespaces", { name: namespace }).code === 404, 120_000));
  for (const plural of ["pods", "replicasets", "deployments", "configmaps", "events", "serviceaccounts"]) {
    assert.equal(lab.all(plural, namespace).length, 0, plural);
  }
});

test("namespace says what holds a namespace up, until that is gone", () => {
  const lab = createControllerLab({ loops: ["namespace"] });
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } } });
  const held = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", finalizers: ["test/hold"] } };
  lab.call("create", "configmaps", { namespace, body: held });
  lab.call("delete", "namespaces", { name: namespace });
  lab.simulation.advance(2_000);
  const { conditions } = lab.call("get", "namespaces", { name: namespace }).body.status;
  const reasons = Object.fromEntries(
    conditions.map((each: { type: string; reason: string }) => [each.type, each.reason]),
  );
  assert.equal(reasons.NamespaceContentRemaining, "SomeResourcesRemain");
  assert.equal(reasons.NamespaceFinalizersRemaining, "SomeFinalizersRemain");
  assert.equal(reasons.NamespaceDeletionContentFailure, "ContentDeleted");
  lab.call("patch", "configmaps", { namespace, name: "a", body: { metadata: { finalizers: null } }, ...merge });
  assert.ok(lab.until(() => lab.call("get", "namespaces", { name: namespace }).code === 404));
});
