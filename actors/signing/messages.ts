/** What an actor asks of the `signing` device, which alone has the cluster's private keys. */
export type SigningRequest =
  /** To sign claims, a JSON text, as a token. */
  | { readonly op: "sign"; readonly claims: string }
  /** Whether a token was signed with the cluster's key. */
  | { readonly op: "verify"; readonly token: string }
  /** The public keys by which anybody can verify tokens. */
  | { readonly op: "keys" };

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
