import { assert, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab, type Lab } from "../../../properties/stages/apiserver/lab.ts";

const url = "/api/v1/namespaces/default/configmaps";
const json = { "content-type": "application/json" };
const body = JSON.stringify(configMapNamed("a"));
const jane = { commonName: "jane", organizations: [] };

/** The code of an answer, and whether the body was read for it. */
function asked(lab: Lab, path: string, request: Parameters<Lab["http"]>[1]) {
  const answer = lab.http(path, { method: "POST", headers: json, body, ...request });
  return [answer.code(), answer.isBodyRead()];
}

test("a body is read only for who may send it, to where something is served, in a form that is", () => {
  const lab = createLab();
  assert.deepEqual(asked(lab, url, { peer: "none" }), [403, false]);
  assert.deepEqual(asked(lab, url, { peer: jane }), [403, false]);
  const token = { ...json, authorization: "Bearer x" };
  assert.deepEqual(asked(lab, url, { peer: "none", headers: token }), [401, false]);
  assert.deepEqual(asked(lab, url, { headers: { ...json, "impersonate-user": "bob" } }), [403, false]);
  assert.deepEqual(asked(lab, "/api/v1/namespaces/default/nothings", {}), [404, false]);
  assert.deepEqual(asked(lab, "/version", {}), [404, false]);
  assert.deepEqual(asked(lab, "/api/v1/pods", { method: "PUT" }), [405, false]);
  assert.deepEqual(asked(lab, url, { headers: { "content-type": "text/html" } }), [415, false]);
  assert.deepEqual(asked(lab, url, { headers: { ...json, accept: "text/html" } }), [406, false]);
  assert.deepEqual(asked(lab, url, { method: "GET" }), [200, false]);
  assert.deepEqual(asked(lab, `${url}?dryRun=x`, {}), [422, false]);
  assert.deepEqual(asked(lab, url, {}), [201, true]);
});

test("who may not ask is told so, and not what is wrong with the form of the request", () => {
  const lab = createLab();
  for (const headers of [{ "content-type": "text/html" }, { ...json, accept: "text/html" }]) {
    assert.deepEqual(asked(lab, url, { peer: "none", headers }), [403, false]);
  }
});

test("a body of YAML that takes long to read costs nothing when a stranger sends it", () => {
  const lab = createLab();
  const yaml = `a: ${"[".repeat(100_000)}`;
  assert.deepEqual(asked(lab, url, { peer: "none", headers: { "content-type": "application/yaml" }, body: yaml }), [
    403,
    false,
  ]);
});

test("a body that is too long is 413 in Kubernetes' words, and the request is not in flight any more", () => {
  const lab = createLab();
  const answer = lab.http(url, { method: "POST", headers: json, body: "x".repeat(3 * 1024 * 1024 + 1) });
  assert.equal(answer.code(), 413);
  const { reason, message } = JSON.parse(answer.body());
  assert.deepEqual([reason, message], ["RequestEntityTooLarge", "Request entity too large: limit is 3145728"]);
  const { inFlight } = lab.simulation.dataOf("apiserver-0") as { inFlight: number };
  assert.equal(inFlight, 0);
});
