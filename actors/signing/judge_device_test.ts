import { generateKeyPairSync, sign } from "node:crypto";
import { assert, test } from "../../properties/house/test.ts";
import { clusterCredentials } from "../../scenarios/cluster/certificates.ts";
import { rehearsedAuthority, rehearsedServing } from "../api/rehearsed_authority.ts";
import { judgeCertificates, realTrust } from "./judge_device.ts";

const atMs = Date.UTC(2026, 0, 1);
const codeOf = (judged: Partial<Parameters<typeof judgeCertificates>[0]>) =>
  judgeCertificates({
    shown: rehearsedServing,
    trusted: rehearsedAuthority,
    name: "kubernetes.default.svc",
    atMs,
    ...judged,
  })?.code;

test("judgeCertificates() trusts who an authority has signed for, for its names and in its time alone", async () => {
  assert.deepEqual(
    [codeOf({}), codeOf({ name: "10.96.0.1" }), codeOf({ trusted: rehearsedServing })],
    [undefined, undefined, undefined],
  );
  for (const name of ["fd00:10:96::1", "::1", "172.18.0.6", "fd00:172:18::6"])
    assert.equal(codeOf({ name }), undefined);
  assert.equal(codeOf({ name: "other" }), "ERR_TLS_CERT_ALTNAME_INVALID");
  assert.equal(codeOf({ name: "fd00:10:96::2" }), "ERR_TLS_CERT_ALTNAME_INVALID");
  assert.equal(codeOf({ name: "10.96.0.2" }), "ERR_TLS_CERT_ALTNAME_INVALID");
  assert.equal(codeOf({ atMs: Date.UTC(2126, 0, 1) }), "CERT_HAS_EXPIRED");
  assert.equal(codeOf({ atMs: Date.UTC(2019, 0, 1) }), "CERT_NOT_YET_VALID");
  assert.equal(codeOf({ trusted: "" }), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  assert.equal(codeOf({ shown: rehearsedAuthority, trusted: "" }), "DEPTH_ZERO_SELF_SIGNED_CERT");
  assert.equal(codeOf({ shown: rehearsedServing + rehearsedAuthority, trusted: "" }), "SELF_SIGNED_CERT_IN_CHAIN");
  assert.equal(codeOf({ shown: "nothing" }), "EPROTO");
  // Another authority of the same name has not signed it.
  const { caCert, serving } = await clusterCredentials();
  assert.equal(codeOf({ trusted: caCert }), "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  assert.equal(realTrust.keyProblem(serving.cert, serving.key), undefined);
  assert.equal(realTrust.keyProblem(rehearsedServing, serving.key), "private key does not match public key");
});

test("judgeCertificates() says for which names a certificate is, as Go does", () => {
  const judged = { shown: rehearsedServing, trusted: rehearsedAuthority, atMs };
  assert.match(
    judgeCertificates({ ...judged, name: "web" })?.message ?? "",
    /^certificate is valid for kubernetes, kubernetes\.default, .*localhost, not web$/,
  );
  assert.match(
    judgeCertificates({ ...judged, name: "10.0.0.1" })?.message ?? "",
    /valid for 10\.96\.0\.1, .*not 10\.0\.0\.1$/,
  );
});

test("hasSigned() knows whose key has signed a text", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = publicKey.export({ format: "jwk" });
  const text = "head.body";
  const options = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  const signature = sign("sha256", Buffer.from(text), options).toString("base64url");
  const signed = { algorithm: "ES256", text, signature };
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ofOther = sign("sha256", Buffer.from(text), other.privateKey).toString("base64url");
  const otherKey = other.publicKey.export({ format: "jwk" });
  assert.deepEqual(
    [
      realTrust.hasSigned(key, signed),
      realTrust.hasSigned(otherKey, { algorithm: "RS256", text, signature: ofOther }),
      realTrust.hasSigned(key, { ...signed, text: "head.other" }),
      realTrust.hasSigned(otherKey, signed),
      realTrust.hasSigned(key, { ...signed, algorithm: "none" }),
      realTrust.hasSigned({}, signed),
    ],
    [true, true, false, false, false, false],
  );
});
