import { decodeBase64Bytes } from "./base64.ts";

/** What stands before the name of an organization in a request for a certificate: 2.5.4.10, as X.690 writes it. */
const organization = [0x06, 0x03, 0x55, 0x04, 0x0a];
const textTags: ReadonlySet<number> = new Set([0x0c, 0x13, 0x14, 0x16]);
const shortMax = 0x7f;

/** The organizations, which are groups to Kubernetes, that a request for a certificate (PKCS 10, as PEM) names. */
export function organizationsOf(pem: string): string[] {
  const [, body = ""] = /-----BEGIN CERTIFICATE REQUEST-----([\sA-Za-z0-9+/=]*)-----END/.exec(pem) ?? [];
  const bytes = bytesOf(body.replace(/\s/g, ""));
  const names: string[] = [];
  for (let at = 0; at + organization.length + 2 <= bytes.length; at++) {
    if (!organization.every((byte, index) => bytes[at + index] === byte)) continue;
    const start = at + organization.length;
    const [tag = 0, length = 0] = [bytes[start], bytes[start + 1]];
    if (textTags.has(tag) && length <= shortMax) {
      names.push(new TextDecoder().decode(bytes.subarray(start + 2, start + 2 + length)));
    }
  }
  return names;
}

function bytesOf(base64: string): Uint8Array {
  try {
    return decodeBase64Bytes(base64);
  } catch {
    return new Uint8Array();
  }
}
