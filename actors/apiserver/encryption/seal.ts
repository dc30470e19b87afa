import { cbc, gcm } from "@noble/ciphers/aes.js";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import type { Random } from "../../../runtime/mod.ts";
import { decodeBase64Bytes } from "../../api/base64.ts";
import { bytesOfText, textOfBytes } from "../../kit/byte_text.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { EncryptionProvider } from "./configuration.ts";

/** A text that was opened, and whether it would be sealed in another way today. */
export interface Opened {
  readonly text: string;
  readonly isStale: boolean;
}

interface Cipher {
  readonly nonceBytes: number;
  encrypt(nonce: Uint8Array, plain: Uint8Array, about: Uint8Array): Uint8Array;
  decrypt(nonce: Uint8Array, sealed: Uint8Array, about: Uint8Array): Uint8Array;
}

interface Sealer {
  /** What sealed values begin with; empty: nothing is done. */
  readonly prefix: string;
  readonly cipher?: Cipher;
}

/** Ways of sealing, of which the first is in use. */
export type Sealers = readonly Sealer[];

/** Makes the ways of sealing of some providers, a way for each key. */
export function createSealers(providers: readonly EncryptionProvider[]): Sealers {
  return providers.flatMap((provider): Sealer[] => {
    if (provider.sort === "identity") return [{ prefix: "" }];
    const { sort } = provider;
    return provider.keys.map(({ name, secret }) => ({
      prefix: `k8s:enc:${sort}:v1:${name}:`,
      cipher: cipherOf(sort, decodeBase64Bytes(secret)),
    }));
  });
}

function cipherOf(sort: "aescbc" | "aesgcm" | "secretbox", key: Uint8Array): Cipher {
  switch (sort) {
    case "aescbc":
      return {
        nonceBytes: 16,
        encrypt: (nonce, plain) => cbc(key, nonce).encrypt(plain),
        decrypt: (nonce, sealed) => cbc(key, nonce).decrypt(sealed),
      };
    case "aesgcm":
      return {
        nonceBytes: 12,
        encrypt: (nonce, plain, about) => gcm(key, nonce, about).encrypt(plain),
        decrypt: (nonce, sealed, about) => gcm(key, nonce, about).decrypt(sealed),
      };
    case "secretbox":
      return {
        nonceBytes: 24,
        encrypt: (nonce, plain) => xsalsa20poly1305(key, nonce).encrypt(plain),
        decrypt: (nonce, sealed) => xsalsa20poly1305(key, nonce).decrypt(sealed),
      };
  }
}

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const sealedMark = "k8s:enc:";

/** A text as it is stored under a key. */
export function seal(sealers: Sealers, { key, text }: { readonly key: string; readonly text: string }, random: Random) {
  const [first] = sealers;
  if (!first?.cipher) return text;
  const { prefix, cipher } = first;
  const nonce = Uint8Array.from({ length: cipher.nonceBytes }, () => random.int(256));
  const sealed = cipher.encrypt(nonce, utf8.encode(text), utf8.encode(key));
  const head = utf8.encode(prefix);
  const whole = new Uint8Array(head.length + nonce.length + sealed.length);
  whole.set(head);
  whole.set(nonce, head.length);
  whole.set(sealed, head.length + nonce.length);
  return textOfBytes(whole);
}

/** The text of a stored value; a failure says why it cannot be opened. */
export function open(
  sealers: Sealers,
  { key, value }: { readonly key: string; readonly value: string },
): Result<Opened, string> {
  const plain = sealers.findIndex(({ cipher }) => cipher === undefined);
  // What is plain is JSON: sealed values are no text, or begin as none.
  if (value.startsWith("{")) {
    return plain < 0 ? failed("no matching prefix found") : ok({ text: value, isStale: plain > 0 });
  }
  const bytes = bytesOfText(value);
  let wrong = "no matching prefix found";
  for (const [index, { prefix, cipher }] of sealers.entries()) {
    if (!cipher || !startsWith(bytes, prefix)) continue;
    const from = prefix.length + cipher.nonceBytes;
    try {
      const nonce = bytes.subarray(prefix.length, from);
      const opened = cipher.decrypt(nonce, bytes.subarray(from), utf8.encode(key));
      return ok({ text: strictUtf8.decode(opened), isStale: index > 0 });
    } catch {
      wrong = "cipher: message authentication failed";
    }
  }
  if (plain < 0 || startsWith(bytes, sealedMark)) return failed(wrong);
  return ok({ text: value, isStale: plain > 0 });
}

function startsWith(bytes: Uint8Array, prefix: string): boolean {
  for (let index = 0; index < prefix.length; index++) if (bytes[index] !== prefix.charCodeAt(index)) return false;
  return true;
}
