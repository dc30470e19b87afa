/** How one key makes signatures, and tells whether it made one. */
export interface TokenKey {
  /** As the header of a token names it: `ES256`. */
  readonly algorithm: string;
  /** Tells the key from others. */
  readonly id: string;
  /** What others can verify with; absent for a key that is no pair. */
  readonly publicKey?: object;
  sign(text: string): Buffer;
  verify(text: string, signature: Buffer): boolean;
}

const compact = /^[\w-]+\.([\w-]+)\.[\w-]+$/;

/** Signs claims as a JSON Web Token (RFC 7519). */
export function signToken({ algorithm, id, sign }: TokenKey, claims: string): string {
  const text = `${encoded(JSON.stringify({ alg: algorithm, kid: id }))}.${encoded(claims)}`;
  return `${text}.${sign(text).toString("base64url")}`;
}

/** The claims of a token, whoever signed it; undefined for what is none. */
export function claimsOf(token: string): string | undefined {
  const [, claims] = compact.exec(token) ?? [];
  return claims === undefined ? undefined : decoded(claims);
}

/** Whether the key signed a token: with its own algorithm, whatever the token says of that. */
export function isSignedBy({ algorithm, id, verify }: TokenKey, token: string): boolean {
  const at = token.lastIndexOf(".");
  const header = headerOf(token);
  if (header?.alg !== algorithm || (header.kid !== undefined && header.kid !== id)) return false;
  return verify(token.slice(0, at), Buffer.from(token.slice(at + 1), "base64url"));
}

function headerOf(token: string): { readonly alg?: unknown; readonly kid?: unknown } | undefined {
  try {
    const header: unknown = JSON.parse(decoded(token.slice(0, token.indexOf("."))));
    return typeof header === "object" && header !== null ? header : undefined;
  } catch {
    return undefined;
  }
}

const encoded = (text: string): string => Buffer.from(text).toString("base64url");
const decoded = (text: string): string => Buffer.from(text, "base64url").toString();
