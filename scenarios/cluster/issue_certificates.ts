/**
 * Certificates are made by a library, which takes longer to load than they take to be made: only who wants a new one
 * loads this.
 */
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from "node:crypto";
import type { KeyPair } from "./certificates.ts";

/** Who a certificate is for, and what it is good for. */
export interface Wanted {
  readonly subject: readonly Readonly<Record<string, string[]>>[];
  readonly usage: "serverAuth" | "clientAuth";
  /** Under which it is reached. */
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
const validMs = 3650 * dayMs;
/** Clocks of clients may be slow. */
const backdatedMs = dayMs;

type X509 = typeof import("@peculiar/x509");

/**
 * The library's container of classes refuses to load without metadata reflection, where it looks for what its classes
 * have not got.
 */
async function loadX509(): Promise<X509> {
  if (!("getMetadata" in Reflect)) {
    const nothing = () => undefined;
    Object.assign(Reflect, { getMetadata: nothing, getOwnMetadata: nothing, defineMetadata: nothing });
  }
  return await import("@peculiar/x509");
}

/** Makes an authority of this name. */
export async function newAuthority(name: string): Promise<KeyPair> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: cert.toString("pem"), key: pemOf(keys.privateKey) };
}

/** Makes a key and the certificate that an authority signs for it. */
export async function issueCertificate(authority: KeyPair, wanted: Wanted): Promise<KeyPair> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.cert);
  const { names = [], addresses = [] } = wanted;
  const reached = [
    ...names.map((value) => ({ type: "dns" as const, value })),
    ...addresses.map((value) => ({ type: "ip" as const, value })),
  ];
  const cert = await x509.X509CertificateGenerator.create({
    ...validity(),
    serialNumber: serialNumber(),
    subject: wanted.subject.map((part) => ({ ...part })),
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await keyFrom(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[wanted.usage]]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(reached.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(reached)]),
    ],
  });
  return { cert: cert.toString("pem"), key: pemOf(keys.privateKey) };
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function pemOf(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}

function keyFrom(pem: string): Promise<webcrypto.CryptoKey> {
  const data = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", data, algorithm, true, ["sign"]);
}

function validity() {
  const now = Date.now();
  return { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + validMs) };
}

/** Positive whatever follows: some clients refuse any other. */
function serialNumber(): string {
  return `01${randomBytes(15).toString("hex")}`;
}
