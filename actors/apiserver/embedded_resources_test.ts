import { assert, test } from "../../properties/house/test.ts";
import { createLab } from "../../properties/stages/apiserver/lab.ts";

const group = "stable.example.com";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const boxes = `/apis/${group}/v1/namespaces/default/boxes`;
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `boxes.${group}` },
};
const post = (body: object) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

test("what is embedded in a custom resource has the metadata that every object has, whatever the schema says of it", () => {
  const lab = createLab();
  const sub = { type: "object", "x-kubernetes-embedded-resource": true, properties: { metadata: { type: "object" } } };
  const open = { ...sub, "x-kubernetes-preserve-unknown-fields": true };
  const properties = { one: sub, many: { type: "array", items: open } };
  const version = {
    name: "v1",
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: "object", properties } },
  };
  const spec = { group, scope: "Namespaced", names: { plural: "boxes", kind: "Box" }, versions: [version] };
  assert.equal(lab.http(definitions, post({ ...definition, spec })).code(), 201);
  const made = (mode: string, metadata: object, more: object = {}) => {
    const part = { apiVersion: "foo/v1", kind: "Sub", metadata: { name: "b", namespace: "n", ...metadata }, ...more };
    const body = { apiVersion: `${group}/v1`, kind: "Box", metadata: { name: "a" }, one: part, many: [part] };
    const answer = lab.http(`${boxes}?fieldValidation=${mode}&dryRun=All`, post(body));
    return { code: answer.code(), body: JSON.parse(answer.body()) };
  };
  const { body } = made("Ignore", { colour: "red", ownerReferences: [{ name: "o", shape: 1 }], labels: {} });
  const kept = { name: "b", namespace: "n", ownerReferences: [{ apiVersion: "", kind: "", name: "o", uid: "" }] };
  assert.deepEqual([body.one.metadata, body.many[0].metadata], [kept, kept]);
  const strict = made("Strict", { colour: "red" });
  assert.equal(strict.code, 400);
  assert.match(
    strict.body.message,
    /unknown field "one\.metadata\.colour", unknown field "many\[0\]\.metadata\.colour"$/,
  );
  const wrong = made("Ignore", { labels: { a: 1 } });
  assert.equal(wrong.code, 400);
  assert.match(wrong.body.message, /one\.metadata: Invalid value: .*cannot unmarshal number into Go struct field /);
  assert.match(made("Ignore", {}, { kind: 1 }).body.message, /one\.kind: Invalid value: 1: must be a string$/);
});
