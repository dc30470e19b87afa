import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { assert, test } from "../../properties/house/test.ts";
import { randomFrom } from "../../runtime/mod.ts";
import { certify, issueCertificate } from "./issuing_device.ts";
import { judgeCertificates, realTrust } from "./judge_device.ts";

const fromMs = Date.UTC(2026, 0, 1);
const untilMs = Date.UTC(2126, 0, 1);

function issued(key = 1) {
  const random = randomFrom(key);
  const names = ["hook.default.svc", "10.96.0.7"];
  const organizations = ["root", "leaf"] as const;
  return issueCertificate({ names, organizations, fromMs, untilMs, byte: () => random.int(256) });
}

test("issueCertificate() makes what is trusted for its names and in its time, the same of the same bytes", () => {
  const { authority, certificate, key } = issued();
  const codeOf = (name: string, atMs = fromMs + 1_000) =>
    judgeCertificates({ shown: certificate, trusted: authority, name, atMs })?.code;
  assert.deepEqual([codeOf("hook.default.svc"), codeOf("10.96.0.7")], [undefined, undefined]);
  assert.equal(codeOf("other.default.svc"), "ERR_TLS_CERT_ALTNAME_INVALID");
  assert.deepEqual(
    [codeOf("10.96.0.7", fromMs - 1_000), codeOf("10.96.0.7", untilMs + 1_000)],
    ["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"],
  );
  assert.equal(realTrust.keyProblem(certificate, key), undefined);
  assert.deepEqual(issued(), { authority, certificate, key });
  const other = issued(2);
  const stranger = { shown: other.certificate, trusted: authority, name: "10.96.0.7", atMs: fromMs };
  assert.equal(judgeCertificates(stranger)?.code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

test("issueCertificate() writes what a certificate is for", () => {
  const { authority, certificate } = issued();
  const [root, leaf] = [new X509Certificate(authority), new X509Certificate(certificate)];
  assert.deepEqual([root.ca, root.subject, leaf.ca, leaf.issuer], [true, "O=root", false, "O=root"]);
  assert.equal(leaf.subjectAltName, "DNS:hook.default.svc, IP Address:10.96.0.7");
  assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  assert.deepEqual([leaf.validFrom, leaf.validTo], ["Jan  1 00:00:00 2026 GMT", "Jan  1 00:00:00 2126 GMT"]);
});

test("certify() makes an authority, what it signs, and what signs itself; keys that sign otherwise each time are none", () => {
  const random = randomFrom(3);
  const common = {
    fromMs,
    untilMs,
    byte: () => random.int(256),
    purposes: ["client auth"],
    names: [],
    isAuthority: false,
  };
  const authority = certify({ ...common, isAuthority: true, subject: { commonName: "root", organizations: ["us"] } });
  assert.ok(authority);
  const leaf = certify({ ...common, names: ["a.example"], subject: {}, by: authority });
  assert.ok(leaf);
  const judged = { shown: leaf.certificate, trusted: authority.certificate, name: "a.example", atMs: fromMs };
  assert.equal(judgeCertificates(judged), undefined);
  assert.equal(realTrust.keyProblem(leaf.certificate, leaf.key), undefined);
  const read = new X509Certificate(leaf.certificate);
  assert.deepEqual([read.issuer, read.keyUsage], ["O=us\nCN=root", ["1.3.6.1.5.5.7.3.2"]]);
  const own = certify({ ...common, names: ["b.example"], subject: { commonName: "b.example" } })?.certificate ?? "";
  assert.equal(judgeCertificates({ shown: own, trusted: own, name: "b.example", atMs: fromMs }), undefined);
  const keys = { modulusLength: 2_048, namedCurve: "P-256" };
  const [rsa, curve] = (["rsa", "ec"] as const).map((type) =>
    generateKeyPairSync(type as "rsa", keys)
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString(),
  );
  const by = (key = "") => certify({ ...common, subject: {}, by: { certificate: authority.certificate, key } });
  assert.deepEqual([by(curve), by("none")], [undefined, undefined]);
  assert.equal(new X509Certificate(by(rsa)?.certificate ?? "").issuer, read.issuer);
});
