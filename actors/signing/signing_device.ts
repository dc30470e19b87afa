import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import type { DeviceDefinition } from "../../runtime/devices/device.ts";
import type { KeysAnswer, SignAnswer, SigningFailure, SigningRequest, VerifyAnswer } from "./messages.ts";
import { claimsOf, isSignedBy, signToken, type TokenKey } from "./tokens.ts";

/** The keys of a cluster, as PEM texts. */
export interface SigningKeys {
  /** Signs tokens: a private key of RSA, or of one of the NIST's curves. */
  readonly tokenKey: string;
  /** Signs certificates: its own, and a private key of P-256. Default: none is signed. */
  readonly authority?: { readonly cert: string; readonly key: string };
}

type Answer = SignAnswer | VerifyAnswer | KeysAnswer | SigningFailure;

/**
 * Makes the `signing` device of a cluster. Without keys it has one that everybody knows, which signs the same claims the
 * same way each time: for simulations.
 */
export function signing(keys?: SigningKeys): DeviceDefinition {
  let key: TokenKey | undefined;
  return {
    name: "signing",
    needs: () => undefined,
    open: () => ({
      request(any, done) {
        const request = any as SigningRequest;
        if (request.op === "readRequest" || request.op === "signRequest") {
          const authority = keys?.authority;
          // No two certificates are alike: where all has to happen again as it did, there are none.
          if (!authority) return done({ ok: false, message: noAuthority } satisfies SigningFailure);
          return void import("./certificates_device.ts")
            .then(({ answerOf: answer }) => answer(authority, request))
            .then(done);
        }
        key ??= keys ? keyPair(keys.tokenKey) : rehearsedKey();
        done(answerOf(key, request));
      },
      close() {},
    }),
  };
}

const noAuthority = "no certificates are signed here: a cluster in simulation, or without HTTPS, has no authority";

function answerOf(key: TokenKey, request: Exclude<SigningRequest, { op: "readRequest" | "signRequest" }>): Answer {
  switch (request.op) {
    case "sign":
      return { ok: true, token: signToken(key, request.claims) };
    case "verify": {
      const claims = claimsOf(request.token);
      return claims === undefined ? { ok: false } : { ok: isSignedBy(key, request.token), claims };
    }
    case "keys":
      return { ok: true, keys: key.publicKey ? [key.publicKey] : [], algorithms: [key.algorithm] };
  }
}

const curves: Readonly<Record<string, { readonly algorithm: string; readonly hash: string }>> = {
  prime256v1: { algorithm: "ES256", hash: "sha256" },
  secp384r1: { algorithm: "ES384", hash: "sha384" },
  secp521r1: { algorithm: "ES512", hash: "sha512" },
};

/** @throws Error for a key of another sort */
function keyPair(pem: string): TokenKey {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const { algorithm, hash } = algorithmOf(privateKey);
  const id = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64url");
  // Tokens have a signature's two numbers one after the other (RFC 7518, 3.4).
  const dsaEncoding = "ieee-p1363";
  return {
    algorithm,
    id,
    publicKey: { use: "sig", ...publicKey.export({ format: "jwk" }), kid: id, alg: algorithm },
    sign: (text) => sign(hash, Buffer.from(text), { key: privateKey, dsaEncoding }),
    verify: (text, signature) => verify(hash, Buffer.from(text), { key: publicKey, dsaEncoding }, signature),
  };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  if (asymmetricKeyType === "rsa") return { algorithm: "RS256", hash: "sha256" };
  const curve = asymmetricKeyDetails?.namedCurve ?? "";
  const found = asymmetricKeyType === "ec" ? curves[curve] : undefined;
  if (found) return found;
  throw new Error(`Cannot sign tokens with a key of the type ${asymmetricKeyType} ${curve}: give an RSA or ECDSA key`);
}

/** No pair: a simulation is one process, nobody outside has anything to verify, and a pair costs it forty times as much. */
function rehearsedKey(): TokenKey {
  const sign = (text: string) => createHmac("sha256", "rehearsal").update(text).digest();
  return {
    algorithm: "HS256",
    id: "rehearsal",
    sign,
    verify(text, signature) {
      const own = sign(text);
      return own.length === signature.length && timingSafeEqual(own, signature);
    },
  };
}
