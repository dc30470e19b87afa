import { decodeBase64Bytes } from "../base64.ts";

/** The extension that says whether a certificate is an authority's: 2.5.29.19, as X.690 writes it. */
const basicConstraints = [0x55, 0x1d, 0x13];
const tags = { boolean: 0x01, octets: 0x04, identifier: 0x06, sequence: 0x30, extensions: 0xa3 } as const;
const lengthBytesMax = 4;

interface Value {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/**
 * What is wrong with a certificate (X.509, as base64) that is to be an authority's, in Kubernetes' words; undefined:
 * nothing. Of what it says only the frame and its extensions are looked at.
 */
export function authorityProblem(base64: string): string | undefined {
  const parsed = valuesIn(bytesOf(base64));
  const [certificate] = parsed ?? [];
  const parts = certificate?.tag === tags.sequence && parsed?.length === 1 ? valuesIn(certificate.bytes) : undefined;
  const [signed] = parts ?? [];
  const fields = signed?.tag === tags.sequence && parts?.length === 3 ? valuesIn(signed.bytes) : undefined;
  if (fields === undefined || fields.length < 6) return "does not parse as X.509";
  const extensions = fields.find(({ tag }) => tag === tags.extensions);
  const [list] = (extensions && valuesIn(extensions.bytes)) ?? [];
  for (const extension of (list && valuesIn(list.bytes)) ?? []) {
    const [id, ...rest] = valuesIn(extension.bytes) ?? [];
    if (id?.tag !== tags.identifier || id.bytes.join() !== basicConstraints.join()) continue;
    const octets = rest.find(({ tag }) => tag === tags.octets);
    const [constraints] = (octets && valuesIn(octets.bytes)) ?? [];
    const [isAuthority] = (constraints?.tag === tags.sequence && valuesIn(constraints.bytes)) || [];
    if (isAuthority?.tag === tags.boolean && isAuthority.bytes[0] === 0xff) return undefined;
  }
  return "does not have the CA bit set";
}

function bytesOf(base64: string): Uint8Array {
  try {
    return decodeBase64Bytes(base64);
  } catch {
    return new Uint8Array();
  }
}

/** The values that follow one another in bytes, as X.690 writes them; undefined where they are none. */
function valuesIn(bytes: Uint8Array): readonly Value[] | undefined {
  const values: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0x80] = [bytes[at], bytes[at + 1]];
    const size = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || size > lengthBytesMax) return undefined;
    const start = at + 2 + size;
    const length = first < 0x80 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    if (start + length > bytes.length) return undefined;
    values.push({ tag, bytes: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}
