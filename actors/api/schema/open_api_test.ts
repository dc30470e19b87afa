import { assert, test } from "../../../properties/house/test.ts";
import { registry } from "../registry.ts";
import { openApiV2, openApiV3 } from "./open_api.ts";

type Tree = { [key: string]: Tree };

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  // A schema of schemas has a property of that name, which is no reference.
  return Object.entries(value).flatMap(([key, each]) =>
    key === "$ref" && typeof each === "string" ? [each] : references(each),
  );
}

test("openApiV3() refers only to what each document has", () => {
  for (const groupVersion of registry.groupVersions) {
    const document = openApiV3(groupVersion) as Tree;
    const has = new Set(Object.keys(document.components?.schemas ?? {}).map((name) => `#/components/schemas/${name}`));
    const missing = references(document).filter((reference) => !has.has(reference));
    assert.deepEqual(missing, [], groupVersion.groupVersion);
  }
});

test("openApiV3() carries what kubectl looks for", () => {
  const apps = registry.groupVersions.find(({ groupVersion }) => groupVersion === "apps/v1");
  assert.ok(apps);
  const document = openApiV3(apps) as Tree;
  const patch = document.paths?.["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]?.patch;
  assert.deepEqual(patch?.["x-kubernetes-group-version-kind"], { group: "apps", kind: "Deployment", version: "v1" });
  const parameters = patch?.parameters as unknown as { name: string }[];
  assert.ok(parameters.some(({ name }) => name === "fieldValidation"));
  const schemas = document.components?.schemas;
  const podSpec = schemas?.["io.k8s.api.core.v1.PodSpec"]?.properties;
  assert.deepEqual(podSpec?.containers, {
    description: "List of containers belonging to the pod.",
    type: "array",
    items: { allOf: [{ $ref: "#/components/schemas/io.k8s.api.core.v1.Container" }] },
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "x-kubernetes-patch-merge-key": "name",
    "x-kubernetes-patch-strategy": "merge",
  });
  assert.equal(podSpec?.volumes?.["x-kubernetes-patch-strategy"], "merge,retainKeys");
  const deployment = schemas?.["io.k8s.api.apps.v1.Deployment"];
  assert.deepEqual(deployment?.["x-kubernetes-group-version-kind"], [
    { group: "apps", kind: "Deployment", version: "v1" },
  ]);
});

test("openApiV2() has every kind and refers only to what it has", () => {
  const document = openApiV2(registry.kinds) as Tree;
  const has = new Set(Object.keys(document.definitions ?? {}).map((name) => `#/definitions/${name}`));
  assert.deepEqual(
    references(document).filter((reference) => !has.has(reference)),
    [],
  );
  for (const { schema } of registry.kinds) assert.ok(has.has(`#/definitions/${schema}`), schema);
});

test("openApiV2() says of what schemas may have nothing, and of other open fields that they are objects", () => {
  const { definitions } = openApiV2(registry.kinds) as { readonly definitions: Tree };
  const of = (name: string, field: string) => {
    const { description, ...schema } = definitions[name]?.properties?.[field] ?? {};
    return schema;
  };
  const props = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
  assert.deepEqual([of(props, "default"), of(props, "items")], [{}, {}]);
  assert.deepEqual(of(props, "enum"), { type: "array", items: {} });
  assert.deepEqual(of("io.k8s.api.apps.v1.ControllerRevision", "data"), { type: "object" });
});
