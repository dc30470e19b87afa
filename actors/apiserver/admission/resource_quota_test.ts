import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { createLab, type Lab, podNamed } from "../../../properties/stages/apiserver/lab.ts";

const namespace = "default";

function give(lab: Lab, hard: object, used: object, name = "q") {
  const body = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name }, spec: { hard } };
  lab.call("create", "resourcequotas", { namespace, body });
  const contentType = "application/merge-patch+json";
  const status = { status: { hard, used } };
  lab.call("patch", "resourcequotas", { namespace, name, subresource: "status", body: status, contentType });
}

const usedOf = (lab: Lab, name = "q") => lab.call("get", "resourcequotas", { namespace, name }).body.status.used;
const begin = (lab: Lab, name: string, query = "") => {
  const body = JSON.stringify(podNamed(name));
  return lab.begin(`/api/v1/namespaces/${namespace}/pods${query}`, { method: "POST", body });
};

test("a pod that does not fit is refused, in the words of Kubernetes, and what fits is written down", () => {
  const lab = createLab();
  give(lab, { pods: "1" }, { pods: "0" });
  assert.equal(lab.call("create", "pods", { namespace, body: podNamed("a"), query: { dryRun: "All" } }).code, 201);
  assert.deepEqual(usedOf(lab), { pods: "0" });
  assert.equal(lab.call("create", "pods", { namespace, body: podNamed("a") }).code, 201);
  assert.deepEqual(usedOf(lab), { pods: "1" });
  const refused = lab.call("create", "pods", { namespace, body: podNamed("b") });
  assert.deepEqual(
    [refused.code, refused.body.message],
    [403, 'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'],
  );
  assert.equal(lab.call("create", "configmaps", { namespace, body: { metadata: { name: "c" } } }).code, 201);
});

property(
  "of requests that come at the same time to two servers, as many are let in as fit into all quotas",
  [fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 1_000 })],
  (pods, count, seed) => {
    const lab = createLab({ servers: 2, seed });
    give(lab, { pods: String(pods) }, { pods: "0" });
    give(lab, { "count/pods": String(count) }, { "count/pods": "0" }, "r");
    lab.simulation.advance(1_000);
    const exchanges = Array.from({ length: 8 }, (_none, index) =>
      lab.begin(`/api/v1/namespaces/${namespace}/pods`, {
        method: "POST",
        body: JSON.stringify(podNamed(`p-${index}`)),
        server: index % 2,
      }),
    );
    lab.simulation.advance(3_000);
    const made = exchanges.filter((exchange) => exchange.code() === 201).length;
    const fits = Math.min(pods, count);
    assert.equal(made, fits);
    assert.deepEqual([usedOf(lab), usedOf(lab, "r")], [{ pods: String(fits) }, { "count/pods": String(fits) }]);
  },
  { runs: 8 },
);

test("many requests at once are reserved together", () => {
  const lab = createLab();
  give(lab, { pods: "100" }, { pods: "0" });
  lab.simulation.advance(1_000);
  const box = lab.watch("resourcequotas", { namespace });
  const before = box.events.length;
  const exchanges = Array.from({ length: 50 }, (_none, index) => begin(lab, `p-${index}`));
  lab.simulation.advance(3_000);
  assert.ok(exchanges.every((exchange) => exchange.code() === 201));
  assert.deepEqual(usedOf(lab), { pods: "50" });
  assert.ok(box.events.length - before < 10, `${box.events.length - before} writes for 50 pods`);
});
