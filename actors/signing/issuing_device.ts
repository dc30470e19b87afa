import { createPrivateKey, createPublicKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { CertificateWish, CertifiedKey, CertifyWish, IssuedCertificate } from "../network/tls/fault.ts";
import { asciiBytes, der, identifier, integer, moment, sequence } from "./der.ts";

const keyBytes = 32;
const serialBytes = 16;
/** Before the bytes of a private key, in PKCS #8 (RFC 8410). */
const keyPrefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/** Ed25519: nothing but the key decides what a signature is, so that a simulation has the same each time. */
const algorithm = sequence(identifier("1.3.101.112"));

/** PKCS #1 with SHA-256: the same of the same bytes, too. */
const rsaAlgorithm = sequence(identifier("1.2.840.113549.1.1.11"), der(0x05));
const purposes: Readonly<Record<string, string>> = {
  "server auth": "1.3.6.1.5.5.7.3.1",
  "client auth": "1.3.6.1.5.5.7.3.2",
};

/** Makes an authority and what it signs for one server (RFC 5280). */
export function issueCertificate(wish: CertificateWish): IssuedCertificate {
  const [rootName, leafName] = wish.organizations;
  const root = newKey(wish.byte);
  const leaf = newKey(wish.byte);
  const subject = nameOf({ organizations: [rootName] });
  const signed = { ...wish, signer: { key: root, name: subject }, purposes: ["server auth"] };
  const leafSubject = nameOf({ organizations: [leafName] });
  return {
    authority: certificate({ ...signed, names: [], subject, key: root, isAuthority: true }),
    certificate: certificate({ ...signed, subject: leafSubject, key: leaf, isAuthority: false }),
    key: pemOf(leaf),
  };
}

/** Makes a key and a certificate of it, signed by itself or by an authority whose key is Ed25519 or RSA. */
export function certify({ subject, by, ...wish }: CertifyWish): CertifiedKey | undefined {
  const key = newKey(wish.byte);
  const name = nameOf(subject);
  const signer = by ? signerOf(by) : { key, name };
  return signer && { certificate: certificate({ ...wish, signer, subject: name, key }), key: pemOf(key) };
}

function newKey(byte: () => number): KeyObject {
  const seed = Array.from({ length: keyBytes }, byte);
  return createPrivateKey({ key: Buffer.from([...keyPrefix, ...seed]), format: "der", type: "pkcs8" });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Who signs, with the name that its own certificate has. */
interface Signer {
  readonly key: KeyObject;
  readonly name: Uint8Array;
}

function signerOf({ certificate: text, key }: CertifiedKey): Signer | undefined {
  try {
    const signing = createPrivateKey(key);
    const isSteady = signing.asymmetricKeyType === "ed25519" || signing.asymmetricKeyType === "rsa";
    return isSteady ? { key: signing, name: subjectOf(new X509Certificate(text).raw) } : undefined;
  } catch {
    return undefined;
  }
}

/** The subject of a certificate as it is written there: the fifth after the version. */
function subjectOf(bytes: Uint8Array): Uint8Array {
  const content = bytes.subarray(partAt(bytes, 0).from);
  let at = partAt(content, 0).from;
  for (let left = 5; left > 0; left--) at = partAt(content, at).to;
  return content.subarray(at, partAt(content, at).to);
}

/** Where the content of a value begins, and where the value ends. */
function partAt(bytes: Uint8Array, at: number): { readonly from: number; readonly to: number } {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return { from: at + 2, to: at + 2 + first };
  const digits = first & 0x7f;
  const size = [...bytes.subarray(at + 2, at + 2 + digits)].reduce((sum, byte) => sum * 256 + byte, 0);
  return { from: at + 2 + digits, to: at + 2 + digits + size };
}

interface Certified extends Pick<CertifyWish, "names" | "fromMs" | "untilMs" | "byte" | "isAuthority" | "purposes"> {
  readonly signer: Signer;
  readonly subject: Uint8Array;
  /** The key that is certified. */
  readonly key: KeyObject;
}

function certificate(certified: Certified): string {
  const { signer, subject, key, fromMs, untilMs, byte } = certified;
  const isRsa = signer.key.asymmetricKeyType === "rsa";
  const signed = isRsa ? rsaAlgorithm : algorithm;
  const content = sequence(
    der(0xa0, integer([2])),
    integer(Array.from({ length: serialBytes }, byte)),
    signed,
    signer.name,
    sequence(moment(fromMs), moment(untilMs)),
    subject,
    createPublicKey(key).export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions(certified))),
  );
  const signature = sign(isRsa ? "sha256" : null, content, signer.key);
  return pem(sequence(content, signed, der(0x03, [0], signature)));
}

/** A name in the order in which Go writes its parts. */
function nameOf({ organizations = [], commonName = "" }: CertifyWish["subject"]): Uint8Array {
  const part = (id: string, text: string) => der(0x31, sequence(identifier(id), der(0x0c, Buffer.from(text, "utf8"))));
  const named = commonName === "" ? [] : [part("2.5.4.3", commonName)];
  return sequence(...organizations.map((each) => part("2.5.4.10", each)), ...named);
}

/** Bits of what a key is for: how many at the end are none, and the others. */
const usages = { authority: [2, 0x04], server: [5, 0xa0] } as const;

function extensions({ isAuthority, purposes: wanted, names }: Certified): readonly Uint8Array[] {
  const critical = der(0x01, [0xff]);
  const extension = (id: string, value: Uint8Array, isCritical = false) =>
    sequence(identifier(id), ...(isCritical ? [critical] : []), der(0x04, value));
  const extended = wanted.flatMap((each) => (purposes[each] === undefined ? [] : [identifier(purposes[each])]));
  return [
    extension("2.5.29.15", der(0x03, isAuthority ? usages.authority : usages.server), true),
    ...(extended.length > 0 ? [extension("2.5.29.37", sequence(...extended))] : []),
    extension("2.5.29.19", sequence(...(isAuthority ? [critical] : [])), true),
    ...(names.length > 0 ? [extension("2.5.29.17", sequence(...names.map(alternative)))] : []),
  ];
}

function alternative(name: string): Uint8Array {
  if (isIP(name) === 4) return der(0x87, name.split(".").map(Number));
  return der(0x82, asciiBytes(name));
}

function pem(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
