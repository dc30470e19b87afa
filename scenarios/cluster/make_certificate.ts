import { createHash, type KeyObject, randomBytes, sign, type X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { bitsOf, ipNumber } from "../../actors/kit/ip_number.ts";
import {
  der,
  derBits,
  derContent,
  derObjectId,
  derParts,
  derSequence,
  derTagged,
  derTime,
  derTrue,
  tags,
} from "./der.ts";

// X.509 certificates of elliptic curves (RFC 5280, RFC 5758). A library for all that certificates may be takes longer
// to load than half a node of a cluster takes to start, and each cluster with HTTPS makes its own before it serves.

/** Who a certificate is of: organizations in their order, and a common name. */
export interface Subject {
  readonly organizations?: readonly string[];
  readonly commonName: string;
}

/** What a certificate says, all but its issuer. */
export interface CertificateOptions {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** What it is for. Default: it is an authority's. */
  readonly usage?: keyof typeof extendedUsages;
  readonly dnsNames?: readonly string[];
  /** IPv4 or IPv6. */
  readonly ips?: readonly string[];
}

/** Who signs it. */
export interface Issuer {
  /** Default: it is signed by its own key. */
  readonly cert?: X509Certificate;
  /** Of the curve P-256. */
  readonly key: KeyObject;
}

const extendedUsages = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" } as const;
const ids = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
} as const;
/** `keyCertSign`, `cRLSign` and `digitalSignature`; the last alone. */
const [authorityUsage, leafUsage] = [derBits(Buffer.from([0x86]), 1), derBits(Buffer.from([0x80]), 7)];

/** Makes a certificate, with a serial number of its own, as a PEM text. */
export async function makeCertificate(options: CertificateOptions, { cert, key }: Issuer): Promise<string> {
  const { subject, publicKey, notBeforeMs, notAfterMs } = options;
  const algorithm = derSequence(derObjectId(ids.ecdsaWithSha256));
  const name = nameOf(subject);
  const told = derSequence(
    derTagged(0, der(tags.integer, Buffer.from([2])), true),
    // Positive whatever follows: some clients refuse any other.
    der(tags.integer, Buffer.from([1]), randomBytes(15)),
    algorithm,
    cert ? subjectIn(cert) : name,
    derSequence(derTime(notBeforeMs), derTime(notAfterMs)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    derTagged(3, derSequence(...extensionsOf(options, cert?.publicKey)), true),
  );
  const signature = await promisify(sign)("sha256", told, key);
  return pemOf(derSequence(told, algorithm, derBits(signature)));
}

function pemOf(bytes: Buffer): string {
  const lines = bytes.toString("base64").replace(/.{64}(?!$)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`;
}

function nameOf({ organizations = [], commonName }: Subject): Buffer {
  const named = (id: string, text: string) =>
    der(tags.set, derSequence(derObjectId(id), der(tags.utf8String, Buffer.from(text))));
  return derSequence(
    ...organizations.map((organization) => named(ids.organization, organization)),
    named(ids.commonName, commonName),
  );
}

/** A certificate's subject as it is written there: an issuer has to be named by the same bytes. */
function subjectIn({ raw }: X509Certificate): Buffer {
  const [told = Buffer.alloc(0)] = derParts(raw);
  // Before it: version, serial number, algorithm, issuer, validity.
  const [, , , , , subject = Buffer.alloc(0)] = derParts(told);
  return subject;
}

function extensionsOf({ publicKey, usage, dnsNames = [], ips = [] }: CertificateOptions, issuerKey?: KeyObject) {
  const names = [
    ...dnsNames.map((name) => derTagged(2, Buffer.from(name), false)),
    ...ips.map((ip) => derTagged(7, addressBytes(ip), false)),
  ];
  return [
    extension(ids.basicConstraints, usage ? derSequence() : derSequence(derTrue()), { isCritical: true }),
    extension(ids.keyUsage, usage ? leafUsage : authorityUsage, { isCritical: true }),
    ...(usage ? [extension(ids.extendedKeyUsage, derSequence(derObjectId(extendedUsages[usage])))] : []),
    ...(usage ? [] : [extension(ids.subjectKeyIdentifier, der(tags.octetString, keyIdentifier(publicKey)))]),
    ...(issuerKey
      ? [extension(ids.authorityKeyIdentifier, derSequence(derTagged(0, keyIdentifier(issuerKey), false)))]
      : []),
    ...(names.length > 0 ? [extension(ids.subjectAltName, derSequence(...names))] : []),
  ];
}

function extension(id: string, value: Buffer, { isCritical = false } = {}): Buffer {
  return derSequence(derObjectId(id), ...(isCritical ? [derTrue()] : []), der(tags.octetString, value));
}

/** The hash of a public key's bits. */
function keyIdentifier(key: KeyObject): Buffer {
  const [, bits = Buffer.alloc(0)] = derParts(key.export({ type: "spki", format: "der" }));
  return createHash("sha1").update(derContent(bits).subarray(1)).digest();
}

function addressBytes(ip: string): Buffer {
  const address = ipNumber(ip);
  if (!address) throw new Error(`Cannot make a certificate for "${ip}": it is no IP address`);
  return Buffer.from(address.value.toString(16).padStart(bitsOf(address.family) / 4, "0"), "hex");
}
