import { jsonKind } from "../../api/go_format.ts";
import { readJson } from "../../api/json_text.ts";
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
  const wrong = (why: string) => failed(badRequest(`continue key is not valid${why}`));
  const at = text.length > charsMax ? charsMax : illegalAt(text);
  if (at !== undefined) return wrong(`: illegal base64 data at input byte ${at}`);
  const read = readJson(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  if (!read.ok) return wrong(`: ${read.failure}`);
  const token = read.value ?? {};
  if (typeof token !== "object" || Array.isArray(token))
    return wrong(`: json: cannot unmarshal ${jsonKind(token)} into Go value of type storage.continueToken`);
  const { v = "", rv = 0, start = "" } = token as Readonly<Record<string, unknown>>;
  if (v !== tokenVersion) return wrong(`: server does not recognize this encoded version ${v}`);
  if (typeof rv !== "number" || !Number.isSafeInteger(rv) || rv === 0)
    return wrong(`: incorrect encoded start resourceVersion (version ${tokenVersion})`);
  if (typeof start !== "string" || start === "") return wrong(`: encoded start key empty (version ${tokenVersion})`);
  // A key that leaves the prefix would show objects that the request's authorization was not for.
  if (!isClean(start)) return wrong(`: ${start}`);
  return ok({ revision: rv, key: prefix + start });
}

/** Where a text is not base64 as it is written in addresses. */
function illegalAt(text: string): number | undefined {
  const found = text.search(/[^\w-]/);
  if (found >= 0) return found;
  return text.length % 4 === 1 ? text.length - 1 : undefined;
}

function isClean(start: string): boolean {
  const steps = start.replace(/^\//, "").split("/");
  return steps.every((step) => step !== "" && step !== "." && step !== "..");
}
