import { webcrypto, X509Certificate } from "node:crypto";
import { assert, test } from "../../properties/house/test.ts";
import { clusterCredentials } from "../../scenarios/cluster/certificates.ts";
import { answerOf } from "./certificates_device.ts";

const usages = ["digital signature", "client auth"];
const terms = { usages, notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2026, 0, 2) };

async function requestFor(name: string, dns: string): Promise<string> {
  const { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } = await import("@peculiar/x509");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const extensions = [new SubjectAlternativeNameExtension([{ type: "dns", value: dns }])];
  const request = await Pkcs10CertificateRequestGenerator.create({
    name,
    keys,
    signingAlgorithm: algorithm,
    extensions,
  });
  return Buffer.from(request.toString("pem")).toString("base64");
}

test("answerOf() reads whose certificate is asked for, and signs it in the authority's name for the time that is said", async () => {
  const { authority, caCert } = await clusterCredentials();
  const request = await requestFor("CN=jane, O=devs, O=ops", "jane.example.com");
  const read = await answerOf(authority, { op: "readRequest", request });
  const identity = {
    commonName: "jane",
    organizations: ["devs", "ops"],
    dnsNames: ["jane.example.com"],
    ips: [],
    emails: [],
    uris: [],
  };
  assert.deepEqual(read, { ok: true, identity });
  const signed = await answerOf(authority, { op: "signRequest", request, ...terms });
  assert.ok(signed.ok && "certificate" in signed);
  const certificate = new X509Certificate(Buffer.from(signed.certificate, "base64"));
  assert.ok(certificate.verify(new X509Certificate(caCert).publicKey));
  assert.match(certificate.subject, /CN=jane/);
  assert.deepEqual(
    [certificate.subjectAltName, certificate.validTo],
    ["DNS:jane.example.com", "Jan  2 00:00:00 2026 GMT"],
  );
  assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
  const none = await answerOf(authority, { op: "readRequest", request: "LS0t" });
  assert.equal(none.ok, false);
});
