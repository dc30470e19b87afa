/** What an actor asks of the `signing` device, which alone has the cluster's private keys. */
export type SigningRequest =
  /** To sign claims, a JSON text, as a token. */
  | { readonly op: "sign"; readonly claims: string }
  /** Whether a token was signed with the cluster's key. */
  | { readonly op: "verify"; readonly token: string }
  /** What a request for a certificate asks for: PKCS #10 in PEM, in base64. */
  | { readonly op: "readRequest"; readonly request: string }
  /** To make the certificate that it asks for, in the name of the cluster's authority. */
  | ({ readonly op: "signRequest"; readonly request: string } & CertificateTerms)
  /** The public keys by which anybody can verify tokens. */
  | { readonly op: "keys" };

/** For what and for how long a certificate is good. */
export interface CertificateTerms {
  /** As the API names them: `digital signature`, `client auth`. */
  readonly usages: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** Whose certificate a request asks for. */
export interface RequestedIdentity {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ips: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
}

/** What a request asks for. */
export type ReadRequestAnswer = { readonly ok: true; readonly identity: RequestedIdentity } | SigningFailure;

/** A certificate as PEM, in base64. */
export type SignRequestAnswer = { readonly ok: true; readonly certificate: string } | SigningFailure;

/** A token, in the form that RFC 7515 calls compact. */
export type SignAnswer = { readonly ok: true; readonly token: string } | SigningFailure;

/** Whether the signature is good; the claims are those of any text that is a token, undefined when it is none. */
export interface VerifyAnswer {
  readonly ok: boolean;
  readonly claims?: string;
}

/** Public keys, as RFC 7517 writes them, and the algorithms that they are for. */
export interface KeysAnswer {
  readonly ok: true;
  readonly keys: readonly object[];
  readonly algorithms: readonly string[];
}

/** Why it was not done. */
export interface SigningFailure {
  readonly ok: false;
  readonly message: string;
}
