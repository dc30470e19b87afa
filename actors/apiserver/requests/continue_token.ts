import { badRequest, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

/** Where a list in pages goes on. */
export interface ListPosition {
  /** The revision that the first page showed; -1: whatever is newest. */
  readonly revision: number;
  /** The first key of the next page. */
  readonly key: string;
}

const tokenVersion = "meta.k8s.io/v1";
/** No key is as long: what is longer was not given out here. */
const charsMax = 16_384;

/** The `continue` of a list: the revision and the rest of the next key after the kind's prefix. */
export function encodeContinue({ revision, key }: ListPosition, prefix: string): string {
  const token = JSON.stringify({ v: tokenVersion, rv: revision, start: key.slice(prefix.length) });
  return btoa(token).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Reads a `continue`, or says what is wrong with it. */
export function decodeContinue(text: string, prefix: string): Result<ListPosition, Status> {
  const wrong = (why: string) => failed(badRequest(`continue key is not valid: ${why}`));
  if (text.length > charsMax || !/^[\w-]*$/.test(text)) return wrong("illegal base64 data");
  let token: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    token = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return wrong("it holds no JSON");
  }
  if (token.v !== tokenVersion)
    return wrong(`server does not recognize this encoded version ${JSON.stringify(token.v)}`);
  const { rv, start } = token;
  if (typeof rv !== "number" || !Number.isSafeInteger(rv) || rv === 0)
    return wrong("incorrect encoded start resourceVersion");
  // A key that leaves the prefix would show objects that the request's authorization was not for.
  if (typeof start !== "string" || start === "" || start.includes("../")) return wrong("encoded start key is invalid");
  return ok({ revision: rv, key: prefix + start });
}
