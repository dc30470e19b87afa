import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const headers = { "content-type": "application/json" };
const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const openAPIV3Schema = { type: "object", properties: { spec: open, status: open } };
const crontabs = "/apis/example.com/v1/namespaces/default/crontabs";

/** Scales an object of a definition whose replicas are at a path; the status, and its spec then or what was wrong. */
function scaledAt(path: string, spec: object) {
  const lab = createLab();
  const send = (method: string, url: string, object: object) => {
    const exchange = lab.http(url, { method, headers, body: JSON.stringify(object) });
    lab.simulation.advance(1_000);
    return exchange;
  };
  const scale = { specReplicasPath: path, statusReplicasPath: ".status.a", labelSelectorPath: ".status.s" };
  const definition = {
    ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    metadata: { name: "crontabs.example.com" },
    spec: {
      ...{ group: "example.com", scope: "Namespaced", names: { plural: "crontabs", kind: "CronTab" } },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema }, subresources: { scale } }],
    },
  };
  const object = { apiVersion: "example.com/v1", kind: "CronTab", metadata: { name: "a" }, spec, status: { s: null } };
  const wanted = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "a" }, spec: { replicas: 7 } };
  assert.equal(send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition).code(), 201);
  assert.equal(send("POST", crontabs, object).code(), 201);
  assert.deepEqual(JSON.parse(lab.http(`${crontabs}/a/scale`).body()).status, { replicas: 0 });
  const put = send("PUT", `${crontabs}/a/scale`, wanted);
  return [
    put.code(),
    put.code() === 200 ? JSON.parse(lab.http(`${crontabs}/a`).body()).spec : JSON.parse(put.body()).message,
  ] as const;
}

test("a scale's paths lead to what an object itself has, and nowhere else", () => {
  const scaled = { a: 1, constructor: { prototype: { polluted: 7 } } };
  assert.deepEqual(scaledAt(".spec.constructor.prototype.polluted", { a: 1 }), [200, scaled]);
  assert.ok(!("polluted" in {}));
  const why = "value cannot be set because .spec.a is not a map[string]interface{}";
  assert.deepEqual(scaledAt(".spec.a.b", { a: 1 }), [500, why]);
});
