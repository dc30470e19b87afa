import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";
import type { RangeRequest, TxnRequest } from "../../store/messages.ts";
import { readEncryption } from "./read_configuration.ts";
import { createSealing } from "./sealing.ts";

const secret = btoa("k".repeat(32));
const configuration = (resources: readonly string[], ...providers: readonly object[]) => ({
  ...{ apiVersion: "apiserver.config.k8s.io/v1", kind: "EncryptionConfiguration" },
  resources: [{ resources, providers }],
});
const gcm = { aesgcm: { keys: [{ name: "key1", secret }] } };

function rulesOf(parsed: object) {
  const read = readEncryption(parsed);
  if (!read.ok) throw new Error(read.failure.join("; "));
  return read.value;
}

test("Secrets are sealed in the store and shown as they are: made, read, listed, watched, changed, found by the second server", () => {
  const encryption = rulesOf(configuration(["secrets"], gcm, { identity: {} }));
  const lab = createLab({ servers: 2, input: { secrets: { encryption } } });
  const place = { namespace: "default", name: "s" };
  const box = lab.watch("secrets", { namespace: "default", server: 1 });
  const body = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: "hidden" } };
  assert.equal(lab.call("create", "secrets", { ...place, body }).code, 201);
  const plain = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { a: "shown" } };
  lab.call("create", "configmaps", { namespace: "default", body: plain });
  lab.simulation.advance(500);
  const stored = (key: string): string =>
    (
      lab.simulation.askNow("store", { type: "store.range", key } as RangeRequest, 5_000) as unknown as {
        kvs: { value: string }[];
      }
    ).kvs[0]?.value ?? "";
  assert.ok(stored("/registry/secrets/default/s").includes("k8s:enc:aesgcm:v1:key1:"));
  assert.ok(!stored("/registry/secrets/default/s").includes(btoa("hidden")));
  assert.ok(stored("/registry/configmaps/default/c").includes("shown"));
  for (const server of [0, 1]) {
    const got = lab.call("get", "secrets", { ...place, server });
    assert.equal(atob(got.body.data.a), "hidden");
    const [item] = lab.call("list", "secrets", { namespace: "default", server }).body.items;
    assert.equal(atob(item.data.a), "hidden");
  }
  const before = lab.call("get", "secrets", place).body;
  const changed = { ...before, data: { a: btoa("other") } };
  assert.equal(lab.call("update", "secrets", { ...place, body: changed }).code, 200);
  const same = lab.call("get", "secrets", place).body;
  assert.equal(
    lab.call("update", "secrets", { ...place, body: same }).body.metadata.resourceVersion,
    same.metadata.resourceVersion,
  );
  const metadata = { name: "p", namespace: "default", uid: "u", creationTimestamp: "2026-01-01T00:00:00Z" };
  const old = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque" };
  const put = { op: "put", key: "/registry/secrets/default/p", value: JSON.stringify(old) } as const;
  const write: TxnRequest = { type: "store.txn", compare: [], success: [put], failure: [] };
  lab.simulation.askNow("store", write, 5_000);
  const former = lab.call("get", "secrets", { ...place, name: "p" }).body;
  const sealed = lab.call("update", "secrets", { ...place, name: "p", body: former });
  assert.notEqual(sealed.body.metadata.resourceVersion, former.metadata.resourceVersion, "what was not sealed is now");
  assert.ok(stored(put.key).includes("k8s:enc:aesgcm:v1:key1:"));
  lab.simulation.advance(500);
  const told = box.events.map(({ type, object }) => `${type} ${JSON.parse(object).metadata.name}`);
  assert.deepEqual(told, ["ADDED s", "MODIFIED s", "ADDED p", "MODIFIED p"]);
});

test("a value that no key opens is an error of its own, and a server that finds one when it starts says which", () => {
  const encryption = rulesOf(configuration(["secrets"], gcm));
  const lab = createLab({ input: { secrets: { encryption } } });
  const put = { op: "put", key: "/registry/secrets/default/p", value: '{"apiVersion":"v1"}' } as const;
  const sealing = createSealing(encryption);
  const opened = sealing.open({ ...put, createRevision: 1, modRevision: 1, version: 1 });
  const text = 'unable to transform key "/registry/secrets/default/p": no matching prefix found';
  assert.deepEqual(opened, { ok: false, failure: text });
  assert.equal(lab.phase(), "serving");
});

test("createSealing() seals what its rules mean, the first of them that does, and leaves all else as it is", () => {
  const random = { int: () => 1, float: () => 0 };
  const sealing = createSealing([
    ...rulesOf(configuration(["secrets", "widgets.example.com", "*.apps"], gcm)),
    ...rulesOf(configuration(["*.*"], { identity: {} })),
  ]);
  const isSealed = (key: string) => sealing.seal(key, "{}", random) !== "{}";
  for (const key of ["/registry/secrets/a/b", "/registry/example.com/widgets/a/b", "/registry/deployments/a/b"]) {
    assert.ok(isSealed(key), key);
  }
  for (const key of ["/registry/configmaps/a/b", "/registry/example.com/others/a/b"]) assert.ok(!isSealed(key), key);
});

test("readEncryption() says what is wrong with a configuration, and shows no key", () => {
  const wrong = (parsed: unknown) => {
    const read = readEncryption(parsed);
    return read.ok ? [] : read.failure;
  };
  assert.deepEqual(wrong(1), ["it is no object"]);
  assert.deepEqual(wrong({ kind: "Pod" }), ["it is no EncryptionConfiguration of apiserver.config.k8s.io/v1"]);
  assert.deepEqual(wrong(configuration([])), [
    "resources[0].resources: Required value: at least one resource",
    "resources[0].providers: Required value: at least one provider",
  ]);
  const short = { aescbc: { keys: [{ name: "a:b", secret: btoa("short") }] } };
  const said = wrong(configuration(["secrets"], short, { kms: {} }));
  assert.deepEqual(said, [
    "resources[0].providers[0].aescbc.keys[0].name: Invalid value: must not contain ':'",
    "resources[0].providers[0].aescbc.keys[0].secret: Invalid value: must be base64 of 16, 24, 32 bytes",
    "resources[0].providers[1].kms: a provider that is not here: aescbc, aesgcm, secretbox and identity are",
  ]);
  assert.ok(!said.join().includes(btoa("short")));
});
