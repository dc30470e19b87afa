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

test("customResourceDefinitionNames gives a name to one definition of a group, and to the next when that is gone", () => {
  const lab = createControllerLab({ loops: ["custom-resource-definition", "custom-resource-definition-names"] });
  const define = (plural: string, names: object = {}) => {
    const metadata = { name: `${plural}.${group}` };
    const spec = { ...definition.spec, names: { plural, kind: "Gadget", ...names } };
    return lab.call("create", "customresourcedefinitions", { body: { ...definition, metadata, spec } });
  };
  const said = (plural: string) => {
    const { conditions, acceptedNames } = lab.one("customresourcedefinitions", `${plural}.${group}`).status;
    const told = conditions.map(({ type, status, reason, message }: Record<string, string>) =>
      [type, status, reason, message].join(" "),
    );
    return [...told, JSON.stringify(acceptedNames)];
  };
  const isServed = (plural: string) => lab.call("list", plural, at).code === 200;
  const first = define("gadgets", { shortNames: ["gd"] });
  assert.equal(first.body.status.conditions[1].status, "True", "who asks for what is free has it at once");
  lab.simulation.advance(1_000);
  assert.equal(define("things", { singular: "gd", shortNames: ["gadgets", "gd", "th"] }).code, 201);
  lab.simulation.advance(1_000);
  assert.deepEqual(said("things"), [
    'NamesAccepted False ListKindConflict "GadgetList" is already in use',
    "Established False NotAccepted not all names are accepted",
    '{"plural":"things","kind":"","singular":"","listKind":""}',
  ]);
  assert.deepEqual([isServed("gadgets"), isServed("things")], [true, false]);
  assert.equal(define("others", { kind: "Other", shortNames: ["gadget", "ot"] }).code, 201);
  lab.simulation.advance(1_000);
  assert.equal(said("others")[0], 'NamesAccepted False ShortNamesConflict "gadget" is already in use');
  lab.call("delete", "customresourcedefinitions", { name });
  assert.ok(lab.until(() => isServed("things") && isServed("others")));
  assert.deepEqual(said("things").slice(0, 2), [
    "NamesAccepted True NoConflicts no conflicts found",
    "Established True InitialNamesAccepted the initial names have been accepted",
  ]);
});
