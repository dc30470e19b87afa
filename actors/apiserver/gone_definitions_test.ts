import { assert, test } from "../../properties/house/test.ts";
import { createLab } from "../../properties/stages/apiserver/lab.ts";

const group = "stable.example.com";
const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
const definition = {
  ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
  metadata: { name: `crontabs.${group}` },
  spec: {
    ...{ group, scope: "Namespaced", names: { plural: "crontabs", kind: "CronTab" } },
    versions: [{ name: "v1", served: true, storage: true, schema }],
  },
};
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const crontabs = `/apis/${group}/v1/namespaces/default/crontabs`;

test("what waits while its definition goes is answered: lists as if nothing were there, a watch with its end", () => {
  const lab = createLab();
  const send = (method: string, url: string, body: object) => {
    const type = `application/${method === "PATCH" ? "merge-patch+" : ""}json`;
    return lab.http(url, { method, headers: { "content-type": type }, body: JSON.stringify(body) }).code();
  };
  assert.equal(send("POST", definitions, definition), 201);
  const name = `${definitions}/crontabs.${group}`;
  lab.order({ held: true });
  lab.http(name, { method: "DELETE" });
  assert.equal(send("PATCH", name, { metadata: { finalizers: null } }), 200);
  // Each of these first hears from the store how new it is, and waits until the server is as new.
  const list = lab.begin(crontabs);
  const one = lab.begin(`${crontabs}/a?resourceVersion=0`);
  const watch = lab.begin(`${crontabs}?watch=true`);
  lab.simulation.advance(50);
  assert.deepEqual([list.code(), one.code(), watch.code()], [0, 404, 0]);
  lab.order({ held: false });
  lab.simulation.advance(20_000);
  assert.equal(lab.phase(), "serving");
  assert.deepEqual(JSON.parse(list.body()).items, []);
  assert.deepEqual([watch.code(), lab.http(crontabs).code()], [404, 404]);
});
