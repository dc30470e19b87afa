/**
 * JSON patch, RFC 6902, as k8s.io/apiserver takes it: at most so many operations, which together copy and move no more
 * than is bearable. A patch of a kilobyte could otherwise double a document thirty times over.
 */

import { failed, ok, type Result } from "../kit/result.ts";
import { jsonKind } from "./go_format.ts";
import { type Fields, jsonEqual, ownValue, setOwn, thaw } from "./types.ts";

/** How many operations one patch may have. */
export const jsonPatchOperationsMax = 10_000;
/** What all `copy` operations of a patch may add, as JSON. */
const copiedCharsMax = 3 * 1024 * 1024;
/** How many items of lists all operations of a patch may shift to another place: a tenth of a second's work. */
const shiftedItemsMax = 50_000_000;

/** Why a patch was not applied; one that is `tooLarge` has too many operations. */
export interface FailedPatch {
  readonly kind: "malformed" | "refused" | "tooLarge";
  readonly why: string;
}

/** One operation as a client wrote it: what is wrong with it matters when its turn comes. */
interface Operation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

/** One whose name and place can be read. */
interface Readable {
  readonly path: string;
  readonly from: unknown;
  readonly value: unknown;
}

/** A document under work: it is the patch's own, and changed in place. */
interface Work {
  root: unknown;
  copiedChars: number;
  shiftedItems: number;
}

/** Thrown inside this file only, to leave a patch that does not apply. */
class Refused extends Error {}

/** `document` with the patch applied; it is not changed. A patch is applied wholly or not at all. */
export function applyJsonPatch(document: unknown, patch: unknown): Result<unknown, FailedPatch> {
  const malformed = malformedPatch(patch);
  if (malformed !== undefined) return failed({ kind: "malformed", why: malformed });
  const list = patch as readonly (Operation | null)[];
  if (list.length > jsonPatchOperationsMax) {
    const why = `The allowed maximum operations in a JSON patch is ${jsonPatchOperationsMax}, got ${list.length}`;
    return failed({ kind: "tooLarge", why });
  }
  const work: Work = { root: thaw(document), copiedChars: 0, shiftedItems: 0 };
  try {
    for (const operation of list) apply(work, operation ?? {});
    return ok(work.root);
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    return failed({ kind: "refused", why: thrown.message });
  }
}

function malformedPatch(patch: unknown): string | undefined {
  const unmarshal = (value: unknown, type: string) =>
    `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${type}`;
  if (!Array.isArray(patch)) return unmarshal(patch, "jsonpatch.Patch");
  const odd: unknown = patch.find((each: unknown) => typeof each !== "object" || Array.isArray(each));
  return odd === undefined ? undefined : unmarshal(odd, "jsonpatch.Operation");
}

function apply(work: Work, { op, path, from, value }: Operation): void {
  const known = typeof op === "string" ? ownValue(operations, op) : undefined;
  if (known === undefined) throw new Refused(`Unexpected kind: ${typeof op === "string" ? op : "unknown"}`);
  if (typeof path !== "string") throw new Refused(`${op} operation does not apply: missing path`);
  known(work, { path, from, value });
}

const operations: Readonly<Record<string, (work: Work, operation: Readable) => void>> = {
  add: (work, { path, value }) => add(work, path, thaw(value ?? null)),
  remove: (work, { path }) => void remove(work, path),
  replace(work, { path, value }) {
    if (path !== "" && find(work, path) === undefined) throw missing("replace", path);
    put(work, path, thaw(value ?? null));
  },
  move: (work, { path, from }) => add(work, path, remove(work, fromOf(from))),
  copy(work, { path, from }) {
    const found = find(work, fromOf(from));
    if (found === undefined) throw missing("copy", String(from));
    work.copiedChars += JSON.stringify(found).length;
    if (work.copiedChars > copiedCharsMax) {
      const sizes = `max: ${copiedCharsMax}, got: ${work.copiedChars}`;
      throw new Refused(`copy operation does not apply: the accumulated size of copies is too large (${sizes})`);
    }
    add(work, path, thaw(found));
  },
  test(work, { path, value }) {
    // A field that is not there is as good as null.
    if (!jsonEqual(find(work, path) ?? null, value ?? null)) throw new Refused(`testing value ${path} failed`);
  },
};

function fromOf(from: unknown): string {
  if (typeof from === "string") return from;
  throw new Refused("operation does not apply: missing from");
}

function missing(op: string, path: string): Refused {
  return new Refused(`${op} operation does not apply: doc is missing key: ${path}`);
}

/** Where a path leads: what holds the place, and what the place is called there. */
interface Place {
  readonly holder: Fields | unknown[];
  readonly key: string;
}

function placeOf(work: Work, path: string): Place {
  const [root, ...keys] = path.split("/").map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = keys.pop();
  if (root !== "" || key === undefined) throw new Refused(`operation does not apply: no such place: ${path}`);
  let holder = work.root;
  for (const each of keys) holder = valueIn(holder, each);
  if (typeof holder !== "object" || holder === null) throw missing("operation", path);
  return { holder: holder as Place["holder"], key };
}

/** What is in a place; undefined when there is nothing. */
function valueIn(holder: unknown, key: string): unknown {
  if (Array.isArray(holder)) return holder[indexOf(key, holder.length)];
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return (holder as Fields)[key];
}

/** An index as Kubernetes takes it: negative ones count from the end; NaN when it is none. */
function indexOf(key: string, length: number): number {
  if (!/^-?\d{1,9}$/.test(key)) return Number.NaN;
  const index = Number(key);
  return index < 0 ? index + length : index;
}

function find(work: Work, path: string): unknown {
  if (path === "") return work.root;
  const { holder, key } = placeOf(work, path);
  return valueIn(holder, key);
}

function shift(work: Work, list: readonly unknown[], index: number): void {
  work.shiftedItems += list.length - index;
  if (work.shiftedItems > shiftedItemsMax) throw new Refused("operation does not apply: too many items are moved");
}

function add(work: Work, path: string, value: unknown): void {
  const { holder, key } = path === "" ? { holder: {}, key: "" } : placeOf(work, path);
  if (!Array.isArray(holder)) {
    put(work, path, value);
    return;
  }
  const index = key === "-" ? holder.length : indexOf(key, holder.length + 1);
  if (!(index >= 0 && index <= holder.length)) throw missing("add", path);
  shift(work, holder, index);
  holder.splice(index, 0, value);
}

/** Puts a value where one is, or under a new key. */
function put(work: Work, path: string, value: unknown): void {
  if (path === "") {
    work.root = value;
    return;
  }
  const { holder, key } = placeOf(work, path);
  if (Array.isArray(holder)) holder[indexOf(key, holder.length)] = value;
  else setOwn(holder, { key, value });
}

function remove(work: Work, path: string): unknown {
  const { holder, key } = placeOf(work, path);
  const value = valueIn(holder, key);
  if (value === undefined) throw missing("remove", path);
  if (Array.isArray(holder)) {
    const index = indexOf(key, holder.length);
    shift(work, holder, index);
    holder.splice(index, 1);
  } else delete holder[key];
  return value;
}
