import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, verify, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Judge, KeyProblem, TlsFault, Trust } from "../network/tls/fault.ts";
import { certify, issueCertificate } from "./issuing_device.ts";

const pem = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g;
/** A chain is no longer. */
const depthMax = 8;

/** The certificates of a PEM text, those that can be read. */
function certificatesOf(text: string): X509Certificate[] {
  return (text.match(pem) ?? []).flatMap((each) => {
    try {
      return [new X509Certificate(each)];
    } catch {
      return [];
    }
  });
}

function fault(code: TlsFault["code"], message = ""): TlsFault {
  return { code, message };
}

/** Judges what a server shows by real signatures, names and times. */
export const judgeCertificates: Judge = ({ shown, trusted = "", name, atMs }) => {
  const [leaf, ...others] = certificatesOf(shown);
  if (!leaf) return fault("EPROTO", "no certificate was shown");
  const anchors = certificatesOf(trusted);
  const chain = chainOf(leaf, { others, anchors });
  if (!chain) {
    if (isSelfSigned(leaf)) return fault("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate");
    if (others.some(isSelfSigned))
      return fault("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain");
    return fault("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate");
  }
  for (const each of chain) {
    if (Date.parse(each.validTo) < atMs) return fault("CERT_HAS_EXPIRED", "certificate has expired");
    if (Date.parse(each.validFrom) > atMs) return fault("CERT_NOT_YET_VALID", "certificate is not yet valid");
  }
  return nameFault(leaf, name);
};

/** The way from a certificate to one that is trusted; undefined when there is none. */
function chainOf(
  leaf: X509Certificate,
  { others, anchors }: { readonly others: readonly X509Certificate[]; readonly anchors: readonly X509Certificate[] },
): readonly X509Certificate[] | undefined {
  const chain = [leaf];
  for (let last = leaf; chain.length <= depthMax; ) {
    if (anchors.some((each) => each.fingerprint256 === last.fingerprint256)) return chain;
    const anchor = anchors.find((each) => hasSigned(each, last));
    if (anchor) return [...chain, anchor];
    const next = others.find((each) => each.ca && !chain.includes(each) && hasSigned(each, last));
    if (!next) return undefined;
    chain.push(next);
    last = next;
  }
  return undefined;
}

function hasSigned(issuer: X509Certificate, signed: X509Certificate): boolean {
  try {
    return signed.checkIssued(issuer) && signed.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function isSelfSigned(each: X509Certificate): boolean {
  return each.subject === each.issuer;
}

/** Names are those of the extension alone, as in Go; the common name is nobody's. */
function nameFault(leaf: X509Certificate, name: string): TlsFault | undefined {
  const address = name.replace(/^\[|\]$/g, "");
  const isAddress = isIP(address) !== 0;
  const fits = isAddress
    ? leaf.checkIP(address) !== undefined
    : leaf.checkHost(name.replace(/\.$/, ""), { subject: "never" }) !== undefined;
  if (fits) return undefined;
  const names = (leaf.subjectAltName ?? "").split(", ").flatMap((each) => {
    const [, kind, value] = /^(DNS|IP Address):(.*)$/.exec(each) ?? [];
    return value !== undefined && (kind === "DNS") !== isAddress ? [value] : [];
  });
  const code = "ERR_TLS_CERT_ALTNAME_INVALID";
  if (names.length > 0) return fault(code, `certificate is valid for ${names.join(", ")}, not ${address}`);
  if (isAddress)
    return fault(code, `cannot validate certificate for ${address} because it doesn't contain any IP SANs`);
  if (leaf.subjectAltName) return fault(code, `certificate is not valid for any names, but wanted to match ${address}`);
  return fault(code, "certificate relies on legacy Common Name field, use SANs instead");
}

const keyProblem: KeyProblem = (certificates, key) => {
  const [own] = certificatesOf(certificates);
  if (!own) return "failed to find any PEM data in certificate input";
  try {
    return own.checkPrivateKey(createPrivateKey(key)) ? undefined : "private key does not match public key";
  } catch {
    return "failed to find any PEM data in key input";
  }
};

const hasSignedText: Trust["hasSigned"] = (key, { algorithm, text, signature }) => {
  if (algorithm !== "ES256" && algorithm !== "RS256") return false;
  try {
    const publicKey = createPublicKey({ key: key as JsonWebKey, format: "jwk" });
    const isOfKind = publicKey.asymmetricKeyType === (algorithm === "ES256" ? "ec" : "rsa");
    const data = Buffer.from(text, "latin1");
    const options = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
    return isOfKind && verify("sha256", data, options, Buffer.from(signature, "base64url"));
  } catch {
    return false;
  }
};

/** Knows real certificates and keys. */
export const realTrust: Trust = {
  judge: judgeCertificates,
  keyProblem,
  sha256: (bytes) => createHash("sha256").update(bytes, "latin1").digest("base64url"),
  hasSigned: hasSignedText,
  issue: issueCertificate,
  certify,
};
