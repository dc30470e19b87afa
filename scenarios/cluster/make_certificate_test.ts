import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { assert, test } from "../../properties/house/test.ts";
import { makeCertificate } from "./make_certificate.ts";

const newKeys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const notBeforeMs = Date.UTC(2026, 0, 2, 3, 4, 5);

test("makeCertificate() makes an authority, and what it signs names it as it is written, however long that is", async () => {
  const [{ publicKey, privateKey: key }, leaf] = [newKeys(), newKeys()];
  // Lengths of one, two and three bytes, and a letter that is none of ASCII's.
  for (const length of [1, 200, 300]) {
    const subject = { organizations: ["é".repeat(length), "b"], commonName: "authority" };
    const validity = { notBeforeMs, notAfterMs: Date.UTC(2051, 1, 3) };
    const cert = new X509Certificate(await makeCertificate({ subject, publicKey, ...validity }, { key }));
    assert.equal(cert.ca, true);
    assert.ok(cert.checkIssued(cert) && cert.verify(publicKey));
    assert.equal(cert.subject, `O=${"é".repeat(length)}\nO=b\nCN=authority`);
    assert.equal(cert.validFrom, "Jan  2 03:04:05 2026 GMT");
    assert.equal(cert.validTo, "Feb  3 00:00:00 2051 GMT");
    const options = { subject: { commonName: "leaf" }, publicKey: leaf.publicKey, usage: "clientAuth" } as const;
    const signed = new X509Certificate(await makeCertificate({ ...options, ...validity }, { cert, key }));
    assert.equal(signed.issuer, cert.subject);
    assert.ok(signed.checkIssued(cert) && signed.verify(publicKey) && !signed.verify(leaf.publicKey));
    assert.ok(signed.checkPrivateKey(leaf.privateKey));
    assert.equal(signed.ca, false);
    assert.deepEqual(signed.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
    assert.notEqual(signed.serialNumber, cert.serialNumber);
  }
});

test("makeCertificate() names hosts and addresses of both families", async () => {
  const { publicKey, privateKey: key } = newKeys();
  const names = { dnsNames: ["localhost", "a.example"], ips: ["127.0.0.1", "::1", "fd00:96::a"] };
  const options = { subject: { commonName: "server" }, publicKey, usage: "serverAuth", ...names } as const;
  const pem = await makeCertificate({ ...options, notBeforeMs, notAfterMs: notBeforeMs + 1_000 }, { key });
  const cert = new X509Certificate(pem);
  assert.equal(
    cert.subjectAltName,
    "DNS:localhost, DNS:a.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FD00:96:0:0:0:0:0:A",
  );
  assert.deepEqual(cert.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
  await assert.rejects(
    makeCertificate({ ...options, ips: ["::g"], notBeforeMs, notAfterMs: notBeforeMs }, { key }),
    /Cannot make a certificate for "::g": it is no IP address/,
  );
});
