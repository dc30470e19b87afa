import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const group = "example.com";
const name = `gadgets.${group}`;
const version = {
  name: "v1",
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
};
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name },
  spec: { group, scope: "Namespaced", names: { plural: "gadgets", kind: "Gadget" }, versions: [version] },
};
const at = { group, version: "v1", namespace: "team" } as const;

function labWith(loops: readonly ("custom-resource-definition" | "namespace")[]) {
  const lab = createControllerLab({ loops: [...loops], servers: 2 });
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } } });
  assert.equal(lab.call("create", "customresourcedefinitions", { body: definition }).code, 201);
  lab.simulation.advance(1_000);
  const gadget = (finalizers: readonly string[]) => ({
    apiVersion: `${group}/v1`,
    kind: "Gadget",
    metadata: { name: "a", finalizers },
  });
  assert.equal(lab.call("create", "gadgets", { ...at, server: 1, body: gadget(["test/hold"]) }).code, 201);
  const release = () =>
    lab.call("patch", "gadgets", {
      ...at,
      name: "a",
      contentType: "application/merge-patch+json",
      body: { metadata: { finalizers: null } },
    });
  return { lab, release };
}

test("customResourceDefinition lets a definition go when all its objects are gone, not before", () => {
  const { lab, release } = labWith(["custom-resource-definition"]);
  lab.call("delete", "customresourcedefinitions", { name });
  lab.simulation.advance(10_000);
  assert.equal(lab.call("get", "customresourcedefinitions", { name }).code, 200);
  assert.ok(lab.call("get", "gadgets", { ...at, name: "a" }).body.metadata.deletionTimestamp);
  release();
  assert.ok(lab.until(() => lab.call("get", "customresourcedefinitions", { name }).code === 404));
  lab.simulation.advance(1_000);
  for (const server of [0, 1]) assert.equal(lab.call("list", "gadgets", { ...at, server }).code, 404);
});

test("namespace waits for custom resources, too", () => {
  const { lab, release } = labWith(["namespace"]);
  lab.call("delete", "namespaces", { name: "team" });
  lab.simulation.advance(10_000);
  const { conditions } = lab.call("get", "namespaces", { name: "team" }).body.status;
  const said = conditions.map(({ message }: { message: string }) => message).join(" ");
  assert.match(said, /gadgets\.example\.com has 1 resource instances/);
  release();
  assert.ok(lab.until(() => lab.call("get", "namespaces", { name: "team" }).code === 404, 120_000));
});
