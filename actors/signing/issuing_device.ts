import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { isIP } from "node:net";
import type { CertificateWish, IssuedCertificate } from "../network/tls/fault.ts";
import { asciiBytes, der, identifier, integer, moment, sequence } from "./der.ts";

const keyBytes = 32;
const serialBytes = 16;
/** Before the bytes of a private key, in PKCS #8 (RFC 8410). */
const keyPrefix = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/** Ed25519: nothing but the key decides what a signature is, so that a simulation has the same each time. */
const algorithm = sequence(identifier("1.3.101.112"));

/** Makes an authority and what it signs for one server (RFC 5280). */
export function issueCertificate(wish: CertificateWish): IssuedCertificate {
  const [rootName, leafName] = wish.organizations;
  const root = newKey(wish.byte);
  const leaf = newKey(wish.byte);
  const signed = { issuer: rootName, by: root };
  // Bits: how many at the end are none, and the others; to sign certificates is the sixth.
  const rootUse = { isAuthority: true, usage: [2, 0x04] };
  const leafUse = { isAuthority: false, usage: [5, 0xa0], names: wish.names };
  return {
    authority: certificate(wish, { ...signed, subject: rootName, key: root, ...rootUse }),
    certificate: certificate(wish, { ...signed, subject: leafName, key: leaf, ...leafUse }),
    key: leaf.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function newKey(byte: () => number): KeyObject {
  const seed = Array.from({ length: keyBytes }, byte);
  return createPrivateKey({ key: Buffer.from([...keyPrefix, ...seed]), format: "der", type: "pkcs8" });
}

interface Certified {
  readonly issuer: string;
  readonly subject: string;
  /** The key that signs. */
  readonly by: KeyObject;
  /** The key that is certified. */
  readonly key: KeyObject;
  readonly isAuthority: boolean;
  /** What it is for, as a string of bits has it. */
  readonly usage: readonly number[];
  readonly names?: readonly string[];
}

function certificate({ fromMs, untilMs, byte }: CertificateWish, certified: Certified): string {
  const { issuer, subject, by, key } = certified;
  const content = sequence(
    der(0xa0, integer([2])),
    integer(Array.from({ length: serialBytes }, byte)),
    algorithm,
    organization(issuer),
    sequence(moment(fromMs), moment(untilMs)),
    organization(subject),
    createPublicKey(key).export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions(certified))),
  );
  const signature = sign(null, content, by);
  return pem(sequence(content, algorithm, der(0x03, [0], signature)));
}

function organization(name: string): Uint8Array {
  return sequence(der(0x31, sequence(identifier("2.5.4.10"), der(0x0c, Buffer.from(name, "utf8")))));
}

function extensions({ isAuthority, usage, names = [] }: Certified): readonly Uint8Array[] {
  const critical = der(0x01, [0xff]);
  const extension = (id: string, value: Uint8Array, isCritical = false) =>
    sequence(identifier(id), ...(isCritical ? [critical] : []), der(0x04, value));
  return [
    extension("2.5.29.15", der(0x03, usage), true),
    extension("2.5.29.37", sequence(identifier("1.3.6.1.5.5.7.3.1"))),
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
