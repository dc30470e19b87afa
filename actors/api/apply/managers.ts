/**
 * Who owns which fields of an object, as `metadata.managedFields` writes it.
 *
 * Source: k8s.io/apimachinery, `pkg/util/managedfields/internal/managedfields.go`.
 */
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { formatTime, parseInstant } from "../time.ts";
import { type Frozen, jsonEqual, type ObjectMeta } from "../types.ts";
import { decodeSet, encodeSet, type FieldSet } from "./field_set.ts";
import { isObject } from "./shape.ts";

/** An entry of `metadata.managedFields`. */
export type Entry = Frozen<NonNullable<ObjectMeta["managedFields"]>[number]>;

/** Somebody who owns fields: by one way of writing, through one part of the object and, for updates, in one version. */
export interface Owner extends Signature {
  readonly fields: FieldSet;
}

/** What tells an owner from all others. */
export interface Signature {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  /** Of which version the fields are; whoever applies is the same in all versions. */
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** An owner, and when it last changed something. */
export interface Managed {
  readonly owner: Owner;
  /** In seconds since 1970; absent where it was not written down. */
  readonly seconds?: number;
}

/** All who own fields of an object, by their ids. */
export type Managers = ReadonlyMap<string, Managed>;

const ids = new WeakMap<Signature, string>();

/** The text that stands for an owner, in which Kubernetes sorts them. */
export function idOf(owner: Signature): string {
  let id = ids.get(owner);
  if (id === undefined) {
    const { manager, operation, apiVersion, subresource } = owner;
    id = JSON.stringify({
      ...(manager === "" ? {} : { manager }),
      operation,
      ...(operation === "Apply" ? {} : { apiVersion }),
      ...(subresource ? { subresource } : {}),
    });
    ids.set(owner, id);
  }
  return id;
}

/** The managers that a list of entries stands for, or why it stands for none. */
export function decodeEntries(entries: readonly unknown[]): Result<Managers, string> {
  const managers = new Map<string, Managed>();
  for (const [index, entry] of entries.entries()) {
    const read = decodeEntry(entry, index);
    if (!read.ok) return read;
    managers.set(idOf(read.value.owner), read.value);
  }
  return ok(managers);
}

function decodeEntry(entry: unknown, index: number): Result<Managed, string> {
  if (!isObject(entry)) return failed(`managed fields entry ${index} is no object`);
  const { manager = "", operation, apiVersion, subresource, time, fieldsType = "", fieldsV1 = {} } = entry as Entry;
  if (operation !== "Apply" && operation !== "Update") return failed("operation must be `Apply` or `Update`");
  if (!apiVersion) return failed("apiVersion must not be empty");
  if (fieldsType === "") return failed(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== "FieldsV1") {
    return failed(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
  }
  const fields = decodeSet(fieldsV1);
  if (!fields.ok) return failed(`error decoding set: ${fields.failure}`);
  const part = subresource ? { subresource } : {};
  const owner: Owner = { manager, operation, apiVersion, ...part, fields: fields.value };
  // The schema was followed when the object was decoded: a time is a text.
  const at = time as unknown as string | undefined;
  const seconds = at === undefined ? undefined : parseInstant(at)?.seconds;
  return ok(seconds === undefined ? { owner } : { owner, seconds });
}

/** Whether a list of entries asks that nobody be remembered any more. */
export function isReset(entries: readonly unknown[]): boolean {
  return entries.length === 0 || (entries.length === 1 && jsonEqual(entries[0], {}));
}

/** The managers in the order in which an object lists them: those who apply first, each by time. */
export function sortManagers(managers: Managers): readonly Managed[] {
  if (managers.size < 2) return [...managers.values()];
  return [...managers.values()].sort(
    (a, b) => compareTexts(a.owner.operation, b.owner.operation) || secondsIn(a) - secondsIn(b) || compareOwners(a, b),
  );
}

function compareOwners({ owner: left }: Managed, { owner: right }: Managed): number {
  return (
    compareTexts(left.manager, right.manager) ||
    compareTexts(left.apiVersion, right.apiVersion) ||
    compareTexts(left.subresource ?? "", right.subresource ?? "")
  );
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** When a manager last changed something, in seconds since 1970; 0 where nobody knows. */
export function secondsIn({ seconds = 0 }: Managed): number {
  return seconds;
}

/** An entry as a text in two pieces: what stands before its time, and what stands behind it. */
export function encodeOwner({ manager, operation, apiVersion, subresource, fields }: Owner): readonly [string, string] {
  const who = { ...(manager === "" ? {} : { manager }), operation, apiVersion };
  const part = subresource ? `,"subresource":${JSON.stringify(subresource)}` : "";
  return [JSON.stringify(who).slice(0, -1), `,"fieldsType":"FieldsV1","fieldsV1":${encodeSet(fields)}${part}}`];
}

/** The managers as entries, in their order. */
export function encodeEntries(managers: Managers): Entry[] {
  return sortManagers(managers).map(({ owner, seconds }) => {
    const [before, behind] = encodeOwner(owner);
    // Written by the server itself, so that it is an entry.
    return JSON.parse(before + timeIn(seconds) + behind) as Entry;
  });
}

/** What stands in an entry between the two pieces of its text. */
export function timeIn(seconds: number | undefined): string {
  return seconds === undefined ? "" : `,"time":"${formatTime(seconds * 1_000)}"`;
}

/** An owner with other fields; its id is that of the old one. */
export function withFields({ owner, ...rest }: Managed, fields: FieldSet): Managed {
  return { owner: { ...owner, fields }, ...present(rest) };
}
