import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { configMapNamed, createLab } from "../../../properties/stages/apiserver/lab.ts";
import { indentJson, wantsIndent } from "./indent.ts";

property("indentJson() lays out any value as the encoder itself would", [fc.jsonValue()], (value) => {
  assert.equal(indentJson(JSON.stringify(value)), JSON.stringify(value, null, 2));
});

test("indentJson() keeps the order and the spelling of what it lays out, and takes long texts", () => {
  const text = '{"2":1.50,"1":"\\u00e9 {\\"a\\\\\\":[]","e":{},"l":[[],[1]]}';
  assert.equal(
    indentJson(text),
    '{\n  "2": 1.50,\n  "1": "\\u00e9 {\\"a\\\\\\":[]",\n  "e": {},\n  "l": [\n    [],\n    [\n      1\n    ]\n  ]\n}',
  );
  const long = JSON.stringify({ a: '\\"'.repeat(1_000_000) });
  assert.equal(indentJson(long).length, long.length + 5);
});

test("wantsIndent() goes by the query as ParseBool reads it, else by the program that asks", () => {
  const curl = { "user-agent": "curl/7.88.1" };
  assert.deepEqual([wantsIndent(curl, {}), wantsIndent({}, {})], [true, false]);
  for (const pretty of ["1", "t", "true", "True", "TRUE"]) assert.ok(wantsIndent({}, { pretty }), pretty);
  for (const pretty of ["0", "false", "yes", "tRUE"]) assert.ok(!wantsIndent(curl, { pretty }), pretty);
  assert.ok(wantsIndent(curl, { pretty: "" }));
});

test("answers in JSON end with a newline for programs, and are laid out for people; the version always is", () => {
  const lab = createLab();
  const url = "/api/v1/namespaces/default/configmaps";
  lab.call("create", "configmaps", { namespace: "default", body: configMapNamed("a") });
  for (const path of [url, `${url}/a`, `${url}/none`, "/api/v1", "/apis", "/api/v1/nowhere", "/api/v1/%zz"]) {
    const plain = lab.http(path).body();
    assert.match(plain, /^\{[^\n]*\}\n$/, path);
    const pretty = lab.http(path, { headers: { "user-agent": "curl/8" } }).body();
    assert.equal(pretty, JSON.stringify(JSON.parse(plain), null, 2), path);
  }
  for (const path of ["/version", "/"]) assert.match(lab.http(path).body(), /^\{\n {2}".*\n\}$/s, path);
  assert.equal(lab.http("/healthz").body(), "ok");
});
