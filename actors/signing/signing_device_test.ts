import { createPublicKey, generateKeyPairSync, type JsonWebKey, verify } from "node:crypto";
import { assert, test } from "../../properties/house/test.ts";
import type { KeysAnswer, SigningRequest, VerifyAnswer } from "./messages.ts";
import { signing } from "./signing_device.ts";

const claims = '{"sub":"somebody"}';
const pemOf = (key: ReturnType<typeof generateKeyPairSync>["privateKey"]) =>
  (key as unknown as { export(options: object): string }).export({ type: "pkcs8", format: "pem" });
const curve = (namedCurve: string) => pemOf(generateKeyPairSync("ec", { namedCurve }).privateKey);
const rsa = () => pemOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);

function deviceWith(tokenKey?: string) {
  const device = signing(tokenKey === undefined ? undefined : { tokenKey }).open({} as never);
  return <T>(request: SigningRequest): T => {
    const answers: unknown[] = [];
    device.request(request, (answer) => answers.push(answer), undefined);
    return answers[0] as T;
  };
}

const signed = (ask: ReturnType<typeof deviceWith>) => ask<{ readonly token: string }>({ op: "sign", claims }).token;

test("signing() signs so that others can verify it by the public keys alone", () => {
  const keys = { ES256: curve("P-256"), ES384: curve("P-384"), RS256: rsa() };
  for (const [algorithm, pem] of Object.entries(keys)) {
    const ask = deviceWith(pem);
    const token = signed(ask);
    const [header = "", , signature = ""] = token.split(".");
    const { keys: published, algorithms } = ask<KeysAnswer>({ op: "keys" });
    const [jwk] = published as (JsonWebKey & { readonly kid: string })[];
    assert.ok(jwk);
    const told = JSON.parse(Buffer.from(header, "base64url").toString());
    assert.deepEqual([told.alg, told.kid, algorithms], [algorithm, jwk.kid, [algorithm]]);
    assert.equal(jwk.d, undefined, "no private key is told");
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const hash = algorithm === "ES384" ? "sha384" : "sha256";
    const text = Buffer.from(token.slice(0, token.lastIndexOf(".")));
    assert.ok(verify(hash, text, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")), algorithm);
    assert.deepEqual(ask<VerifyAnswer>({ op: "verify", token }), { ok: true, claims });
  }
});

test("signing() does not take for its own what another key signed, nor another algorithm", () => {
  const token = signed(deviceWith(curve("P-256")));
  assert.deepEqual(deviceWith(curve("P-256"))({ op: "verify", token }), { ok: false, claims });
  const ask = deviceWith();
  assert.deepEqual(ask({ op: "verify", token }), { ok: false, claims });
  const own = signed(ask);
  const [, body, signature] = own.split(".");
  for (const alg of ["none", "HS512", "ES256"]) {
    const header = Buffer.from(JSON.stringify({ alg })).toString("base64url");
    assert.equal(ask<VerifyAnswer>({ op: "verify", token: `${header}.${body}.${signature}` }).ok, false, alg);
  }
  for (const text of ["", "a", "a.b", "..", "a.b.c.d"]) {
    assert.equal(ask<VerifyAnswer>({ op: "verify", token: text }).claims, undefined, text);
  }
});

test("signing() of a rehearsal signs the same each time, and publishes no key", () => {
  assert.equal(signed(deviceWith()), signed(deviceWith()));
  assert.deepEqual(deviceWith()<KeysAnswer>({ op: "keys" }).keys, []);
});
