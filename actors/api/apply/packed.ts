/**
 * How an object in the store says who owns its fields: as one short text. Written out, that would be as long as all else
 * of most objects, and it is much the same in all of a kind.
 *
 * A text is a list of managers with semicolons between them, each the seconds since 1970 in base 36 (none where the time
 * was not written down), a dot, and its entry made short by a dictionary. What a data directory has must be readable
 * for ever: the dictionary never changes, and another one would need a mark of its own.
 */
import { createMemo } from "../../kit/memo.ts";
import { encodeOwner, idOf, type Managed, type Managers, type Owner, sortManagers, timeIn } from "./managers.ts";
import { dictionary } from "./packed_dictionary.ts";
import { createShortener } from "./short_text.ts";

const { shorten, lengthen } = createShortener(dictionary);
const behindTime = ',"fieldsType":"FieldsV1","fieldsV1":';

const ownersMax = 4_096;
const textsMax = 1_024;
const owners = createMemo<Owner>(ownersMax);
const shortened = createMemo<string>(textsMax);
const written = createMemo<readonly [string, string]>(textsMax);
/** What owners were made of, or were packed as. */
const codes = new WeakMap<Owner, string>();

/** The managers as one text without quotes and backslashes; empty when there are none. */
export function packManagers(managers: Managers): string {
  if (managers.size === 0) return "";
  return sortManagers(managers)
    .map(({ owner, seconds }) => `${seconds === undefined ? "" : seconds.toString(36)}.${codeOf(owner)}`)
    .join(";");
}

function codeOf(owner: Owner): string {
  let code = codes.get(owner);
  if (code === undefined) {
    code = shortened.get(encodeOwner(owner).join(""), shorten);
    codes.set(owner, code);
  }
  return code;
}

const none: Managers = new Map();

/** The managers that such a text is of. */
export function unpackManagers(packed: string): Managers {
  if (packed === "") return none;
  const managers = new Map<string, Managed>();
  for (const each of packed.split(";")) {
    const { seconds, code } = parted(each);
    const owner = owners.get(code, ownerOf);
    managers.set(idOf(owner), seconds === undefined ? { owner } : { owner, seconds });
  }
  return managers;
}

function parted(each: string): { readonly seconds: number | undefined; readonly code: string } {
  const dot = each.indexOf(".");
  return { seconds: dot === 0 ? undefined : Number.parseInt(each.slice(0, dot), 36), code: each.slice(dot + 1) };
}

function ownerOf(code: string): Owner {
  const { manager = "", fieldsV1, fieldsType: _type, ...rest } = JSON.parse(lengthen(code));
  const owner: Owner = { manager, ...rest, fields: fieldsV1 };
  codes.set(owner, code);
  return owner;
}

/** Such a text as clients are shown it: a list of entries in JSON. */
export function shownManagers(packed: string): string {
  const entries = packed.split(";").map((each) => {
    const { seconds, code } = parted(each);
    const [before, behind] = written.get(code, piecesOf);
    return before + timeIn(seconds) + behind;
  });
  return `[${entries.join(",")}]`;
}

function piecesOf(code: string): readonly [string, string] {
  const text = lengthen(code);
  const at = text.indexOf(behindTime);
  return [text.slice(0, at), text.slice(at)];
}

/** Whether two such texts differ in nothing but times. */
export function isSameButTimes(packed: string, other: string): boolean {
  if (packed === other) return true;
  const [left, right] = [packed.split(";"), other.split(";")];
  return (
    left.length === right.length && left.every((each, index) => parted(each).code === parted(right[index] ?? "").code)
  );
}
