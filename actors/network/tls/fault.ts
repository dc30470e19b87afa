/** Why a client does not trust a server, in the words that Node has for it. */
export interface TlsFault {
  readonly code:
    | "CERT_HAS_EXPIRED"
    | "CERT_NOT_YET_VALID"
    | "DEPTH_ZERO_SELF_SIGNED_CERT"
    | "SELF_SIGNED_CERT_IN_CHAIN"
    | "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    | "ERR_TLS_CERT_ALTNAME_INVALID"
    /** What was said is no TLS. */
    | "EPROTO";
  /** For a name that does not fit, as Go says it: `certificate is valid for a.example, not b.example`. */
  readonly message: string;
}

/** What is asked of a certificate. */
export interface Judged {
  /** What the server showed, its own certificate first, as PEM texts. */
  readonly shown: string;
  /** Who is trusted, as PEM texts. Default: nobody. */
  readonly trusted?: string;
  /** The name or address that was asked for. */
  readonly name: string;
  /** The time of day at the client. */
  readonly atMs: number;
}

/** Judges certificates as TLS clients do; `undefined`: they are good. Nothing but what is given decides. */
export type Judge = (judged: Judged) => TlsFault | undefined;

/** Why a private key is not that of a certificate; `undefined`: it is. */
export type KeyProblem = (certificates: string, key: string) => string | undefined;

/** A text that somebody has signed, as in a JSON Web Token. */
export interface Signed {
  /** By the names of JSON Web Algorithms: `ES256`, `RS256`. */
  readonly algorithm: string;
  readonly text: string;
  /** In base64 for URLs. */
  readonly signature: string;
}

/** What a certificate is to be for. */
export interface CertificateWish {
  /** Names and addresses of the server. */
  readonly names: readonly string[];
  /** The organizations that are written into both, the authority's first. */
  readonly organizations: readonly [string, string];
  readonly fromMs: number;
  readonly untilMs: number;
  /** A random byte from 0 to 255: the same bytes make the same keys. */
  readonly byte: () => number;
}

/** What one certificate is to be. */
export interface CertifyWish extends Pick<CertificateWish, "names" | "fromMs" | "untilMs" | "byte"> {
  readonly subject: { readonly commonName?: string; readonly organizations?: readonly string[] };
  /** It may sign others. */
  readonly isAuthority: boolean;
  /** What its holder may show it as: `server auth`, `client auth`. */
  readonly purposes: readonly string[];
  /** The authority that signs it, as PEM texts. Default: itself. */
  readonly by?: CertifiedKey;
}

/** A certificate and its private key, as PEM texts. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

/** A new authority, and a certificate that it has signed, with its key: PEM texts. */
export interface IssuedCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Who knows certificates and keys. */
export interface Trust {
  readonly judge: Judge;
  readonly keyProblem: KeyProblem;
  /** The SHA-256 of bytes, a character each, in base64 for URLs. */
  sha256(bytes: string): string;
  /** Whether a text was signed with a key whose public half is this JSON Web Key. */
  hasSigned(key: object, signed: Signed): boolean;
  /** Makes an authority of its own for one server. */
  issue(wish: CertificateWish): IssuedCertificate;
  /** Makes a key and a certificate of it. `undefined`: the authority's key cannot be read, or signs otherwise each time. */
  certify(wish: CertifyWish): CertifiedKey | undefined;
}
