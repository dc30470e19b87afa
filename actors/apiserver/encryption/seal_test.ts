import { createDecipheriv } from "node:crypto";
import { assert, test } from "../../../properties/house/test.ts";
import { bytesOfText } from "../../kit/byte_text.ts";
import type { EncryptionProvider } from "./configuration.ts";
import { createSealers, open, seal } from "./seal.ts";

const secret = btoa("k".repeat(32));
const provider = (sort: "aescbc" | "aesgcm" | "secretbox", name = "key1"): EncryptionProvider => ({
  ...{ sort, keys: [{ name, secret }] },
});
const random = { int: (most: number) => 7 % most, float: () => 0.5 };
const key = "/registry/secrets/default/x";
const text = '{"apiVersion":"v1","kind":"Secret","data":{"é":"ü"}}';

test("seal() makes what only the key opens, in the form in which Kubernetes stores it", () => {
  for (const sort of ["aescbc", "aesgcm", "secretbox"] as const) {
    const sealers = createSealers([provider(sort)]);
    const value = seal(sealers, { key, text }, random);
    const shown = new TextDecoder("latin1").decode(bytesOfText(value));
    assert.ok(shown.startsWith(`k8s:enc:${sort}:v1:key1:`));
    assert.ok(!value.includes("Secret"));
    assert.deepEqual(open(sealers, { key, value }), { ok: true, value: { text, isStale: false } });
    assert.equal(open(createSealers([provider(sort, "key2")]), { key, value }).ok, false);
  }
});

test("seal() by AES-GCM is read by another library, with the place of the object as its additional data", () => {
  const value = bytesOfText(seal(createSealers([provider("aesgcm")]), { key, text }, random));
  const body = value.subarray("k8s:enc:aesgcm:v1:key1:".length);
  const decipher = createDecipheriv("aes-256-gcm", "k".repeat(32), body.subarray(0, 12));
  decipher.setAAD(Buffer.from(key)).setAuthTag(body.subarray(-16));
  const plain = Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]);
  assert.equal(plain.toString(), text);
});

test("open() reads what former keys and no key have made, and says that it is out of date", () => {
  const old = createSealers([provider("aescbc", "old")]);
  const value = seal(old, { key, text }, random);
  const now = createSealers([provider("aesgcm"), provider("aescbc", "old"), { sort: "identity" }]);
  assert.deepEqual(open(now, { key, value }), { ok: true, value: { text, isStale: true } });
  assert.deepEqual(open(now, { key, value: text }), { ok: true, value: { text, isStale: true } });
  const plain = createSealers([{ sort: "identity" }, provider("aescbc", "old")]);
  assert.equal(seal(plain, { key, text }, random), text);
  assert.deepEqual(open(plain, { key, value: text }), { ok: true, value: { text, isStale: false } });
});

test("open() refuses what it has no key for, and what was sealed for another place", () => {
  const sealers = createSealers([provider("aesgcm")]);
  const value = seal(sealers, { key, text }, random);
  const refused = (found: ReturnType<typeof open>) => (found.ok ? "" : found.failure);
  assert.equal(refused(open(sealers, { key: `${key}y`, value })), "cipher: message authentication failed");
  assert.equal(refused(open(sealers, { key, value: text })), "no matching prefix found");
  assert.equal(refused(open(createSealers([{ sort: "identity" }]), { key, value })), "no matching prefix found");
});
