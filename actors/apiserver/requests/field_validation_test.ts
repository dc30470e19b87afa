import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

const inDefault = { namespace: "default" };
const body =
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"1","a":"2"},"colour":1,"data":{"b":"2"},"colour":2}';
const words = ['duplicate field "data.a"', 'unknown field "colour"', 'duplicate field "data"'];

test("checkFields() refuses, warns of or drops what a body says twice, in the order of the body", () => {
  const lab = createLab();
  const create = (fieldValidation: string) =>
    lab.call("create", "configmaps", { ...inDefault, body, query: { fieldValidation, dryRun: "All" } });
  const strict = create("Strict");
  assert.equal(strict.code, 400);
  assert.equal(
    strict.body.message,
    `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: ${words.join(", ")}`,
  );
  const warned = create("Warn");
  assert.deepEqual([warned.code, warned.warnings, warned.body.data], [201, words, { b: "2" }]);
  assert.deepEqual(create("Ignore").warnings, []);
});

test("checkFields() refuses or warns of what a patch says twice, each kind of patch in its own words", () => {
  const lab = createLab();
  const made = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
  lab.call("create", "configmaps", { ...inDefault, body: made });
  const patch = (
    contentType: "merge-patch+json" | "json-patch+json" | "apply-patch+yaml",
    text: string,
    mode: string,
  ) =>
    lab.call("patch", "configmaps", {
      ...inDefault,
      name: "a",
      body: text,
      contentType: `application/${contentType}`,
      query: { fieldValidation: mode, fieldManager: "m", dryRun: "All" },
    });
  const merged = '{"data":{"a":"1"},"data":{"b":"2"}}';
  const strict = patch("merge-patch+json", merged, "Strict");
  assert.equal(strict.code, 422);
  assert.match(strict.body.message, /strict decoding error: duplicate field "data"$/);
  assert.deepEqual(patch("merge-patch+json", merged, "Warn").warnings, ['duplicate field "data"']);
  const operation = '[{"op":"add","op":"add","path":"/data","value":{}}]';
  assert.match(patch("json-patch+json", operation, "Strict").body.message, /json patch duplicate field "\[0\]\.op"/);
  const more = '[{"op":"add","path":"/data","value":{"a":"1","a":"2"},"colour":1,"colour":2},null]';
  const inOrder = ['duplicate field "[0].value.a"', 'unknown field "[0].colour"'].map((each) => `json patch ${each}`);
  const refusedPatch = patch("json-patch+json", more.replace(",null", ""), "Strict");
  assert.equal(refusedPatch.code, 422);
  assert.ok(
    refusedPatch.body.message.endsWith(`strict decoding error: ${inOrder.join(", ")}`),
    refusedPatch.body.message,
  );
  assert.deepEqual(patch("json-patch+json", more.replace(",null", ""), "Warn").warnings, inOrder);
  assert.deepEqual(
    [patch("json-patch+json", more, "Warn").code, patch("json-patch+json", more, "Ignore").code],
    [422, 422],
  );
  const untyped = patch("json-patch+json", '[{"op":{},"path":"/data"}]', "Warn");
  const why = "json: cannot unmarshal object into Go struct field jsonPatchOp.op of type string";
  assert.deepEqual([untyped.code, untyped.body.message], [400, `error decoding patch: ${why}`]);
  assert.equal(patch("json-patch+json", '[{"op":{},"path":"/data"}]', "Ignore").code, 422);
  // A client whose library writes an object as a text sends this.
  assert.equal(
    patch("apply-patch+yaml", '"#<Resource>"', "Strict").body.message,
    "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}",
  );
  const applied = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '1'}\ndata: {b: '2'}\n";
  const refused = patch("apply-patch+yaml", applied, "Strict");
  assert.equal(refused.code, 400);
  assert.equal(
    refused.body.message,
    'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key "data" already set in map',
  );
  const warned = patch("apply-patch+yaml", applied, "Warn");
  assert.deepEqual([warned.code, warned.warnings], [200, ['line 5: key "data" already set in map']]);
});

test("checkFields() judges the bodies of subresources as those of objects", () => {
  const lab = createLab();
  const labels = { app: "d" };
  const podSpec = { containers: [{ name: "c", image: "i" }] };
  const template = { metadata: { labels }, spec: podSpec };
  const workload = { metadata: { name: "d" }, spec: { selector: { matchLabels: labels }, template } };
  lab.call("create", "deployments", { ...inDefault, body: workload });
  lab.call("create", "pods", { ...inDefault, body: { metadata: { name: "d" }, spec: podSpec } });
  const twice = ['duplicate field "metadata.name"', 'unknown field "colour"'];
  const wrong = '"metadata":{"name":"d","name":"d"},"colour":1';
  const bodies = [
    ["update", "deployments", "scale", `{"spec":{"replicas":2},${wrong}}`],
    ["create", "pods", "binding", `{"target":{"name":"n"},${wrong}}`],
    ["create", "pods", "eviction", `{${wrong}}`],
  ] as const;
  for (const [verb, plural, subresource, body] of bodies) {
    const ask = (fieldValidation: string) =>
      lab.call(verb, plural, { ...inDefault, name: "d", subresource, body, query: { fieldValidation, dryRun: "All" } });
    const strict = ask("Strict");
    assert.deepEqual([strict.code, strict.body.message.split(": strict decoding error: ")[1]], [400, twice.join(", ")]);
    const warned = ask("Warn");
    assert.deepEqual([warned.code < 300, warned.warnings], [true, twice], JSON.stringify(warned.body));
    assert.deepEqual(ask("Ignore").warnings, []);
  }
  const scaled = lab.call("patch", "deployments", {
    ...inDefault,
    name: "d",
    subresource: "scale",
    contentType: "application/merge-patch+json",
    body: '{"spec":{"replicas":3,"replicas":3},"colour":1}',
    query: { fieldValidation: "Strict" },
  });
  assert.equal(scaled.code, 422);
  assert.match(scaled.body.message, /strict decoding error: duplicate field "spec\.replicas", unknown field "colour"$/);
});

test("checkFields() refuses or warns of keys that a body of YAML has twice", () => {
  const lab = createLab();
  const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\nother: 1\n";
  const post = (mode: string) =>
    lab.http(`/api/v1/namespaces/default/configmaps?dryRun=All&fieldValidation=${mode}`, {
      method: "POST",
      headers: { "content-type": "application/yaml" },
      body: yaml,
    });
  const why = 'yaml: unmarshal errors:\n  line 5: key "name" already set in map, unknown field "other"';
  assert.ok(JSON.parse(post("Strict").body()).message.endsWith(`strict decoding error: ${why}`));
  assert.equal(JSON.parse(post("Warn").body()).metadata.name, "b");
});
