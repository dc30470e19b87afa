import { assert, test } from "../../../../../properties/house/test.ts";
import { problemsOf } from "./problems.ts";

test("problemsOf() tells what is wrong with Certificates and issuers in cert-manager's words", () => {
  const certificate = { secretName: "s", issuerRef: { name: "i" }, dnsNames: ["a.example"] };
  const told = (change: object) => problemsOf("Certificate", { spec: { ...certificate, ...change } });
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({ secretName: "" }), ["spec.secretName: Required value: must be specified"]);
  assert.deepEqual(told({ issuerRef: { name: "i", kind: "Other" } }), [
    'spec.issuerRef.kind: Invalid value: "Other": must be one of Issuer or ClusterIssuer',
  ]);
  assert.deepEqual(told({ issuerRef: { name: "i", kind: "Other", group: "acme.example" } }), []);
  assert.match(told({ dnsNames: [] })[0] ?? "", /^spec: Invalid value: "": at least one of commonName /);
  assert.deepEqual(told({ dnsNames: [], literalSubject: "CN=a" }), []);
  assert.deepEqual(told({ commonName: "x".repeat(65) }), ["spec.commonName: Too long: may not be more than 64 bytes"]);
  const issuer = (spec: object) => problemsOf("ClusterIssuer", { spec });
  assert.deepEqual(issuer({ selfSigned: {} }), []);
  assert.deepEqual(issuer({}), ["spec: Required value: at least one issuer must be configured"]);
  assert.deepEqual(issuer({ ca: {} }), ["spec.ca.secretName: Required value"]);
  assert.deepEqual(issuer({ ca: { secretName: "s" }, selfSigned: {} }), [
    "spec.selfSigned: Forbidden: may not specify more than one issuer type",
  ]);
  assert.deepEqual(problemsOf("CertificateRequest", {}), []);
});
