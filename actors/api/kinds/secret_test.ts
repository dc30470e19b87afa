import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { fieldErrorText } from "../field_error.ts";
import type { Secret } from "../types.ts";
import { configMapRules as configMap } from "./config_map.ts";
import { secretRules as secret } from "./secret.ts";

function created(fields: Partial<Secret>): Secret {
  const draft: Secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "n" }, ...fields };
  secret.applyDefaults(draft);
  return draft;
}

test("secret.applyDefaults() takes text in as data", () => {
  const { data, stringData, type } = created({ data: { a: "MQ==", b: "Mg==" }, stringData: { b: "zwölf" } });
  assert.deepEqual(data, { a: "MQ==", b: encodeBase64("zwölf") });
  assert.equal(stringData, undefined);
  assert.equal(type, "Opaque");
});

test("secret.validate() wants the keys that its type needs, and good ones", () => {
  assert.deepEqual(
    secret.validate(created({ type: "kubernetes.io/tls", data: { "tls.crt": "" } })).map(fieldErrorText),
    ["data[tls.key]: Required value"],
  );
  assert.match(
    secret
      .validate(created({ data: { "a b": "" } }))
      .map(fieldErrorText)
      .join(),
    /^data\[a b\]: Invalid value: "a b": a valid config key/,
  );
  assert.deepEqual(secret.validate(created({ data: { big: "A".repeat(1_500_000) } })).map(fieldErrorText), [
    "data: Too long: may not be more than 1048576 bytes",
  ]);
});

test("secret.validateUpdate() keeps its type, and its data once it is immutable", () => {
  const old = created({ immutable: true, data: { a: "MQ==" } });
  const draft = created({ type: "other", data: { a: "Mg==" } });
  assert.deepEqual(secret.validateUpdate(draft, old).map(fieldErrorText), [
    'type: Invalid value: "other": field is immutable',
    "immutable: Forbidden: field is immutable when `immutable` is set",
    "data: Forbidden: field is immutable when `immutable` is set",
  ]);
});

test("configMap.validate() limits all values together", () => {
  const draft = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "n" } };
  const half = "x".repeat(600_000);
  assert.deepEqual(configMap.validate({ ...draft, data: { a: half, b: half } }).map(fieldErrorText), [
    "[]: Too long: may not be more than 1048576 bytes",
  ]);
});

test("configMap.validate() wants each key once", () => {
  const metadata = { name: "c", namespace: "n" };
  const draft = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "1" }, binaryData: { a: "MQ==" } };
  assert.deepEqual(configMap.validate(draft).map(fieldErrorText), [
    'data[a]: Invalid value: "a": duplicate of key present in binaryData',
  ]);
});

property("decodeBase64() gives back what encodeBase64() was given", [fc.string({ unit: "grapheme" })], (text) => {
  assert.equal(encodeBase64(text), Buffer.from(text, "utf8").toString("base64"));
  assert.equal(decodeBase64(encodeBase64(text)), text);
});
