/** Objects of every kind with one list or map that is as long as a body has room for: what `large_objects_test.ts` checks. */

import type { FieldError } from "../../actors/api/field_error.ts";
import type { KindDefinition } from "../../actors/api/kind.ts";
import { all as kinds } from "../../actors/api/kinds/all_rules.ts";
import { decodeFields } from "../../actors/api/schema/decode.ts";
import { type Definition, definitionOf, type FieldType } from "../../actors/api/schema/schema.ts";
import { invalidObject } from "../../actors/api/status.ts";
import { type Fields, thaw } from "../../actors/api/types.ts";
import { warn } from "../../actors/apiserver/requests/call.ts";

/** Where an object can be long. */
export interface LongField {
  readonly kind: KindDefinition;
  /** The names of fields, and 0 for the only item of a list. */
  readonly path: readonly (string | 0)[];
  /** What holds the field. */
  readonly holder: Definition;
  readonly type: FieldType & { readonly tag: "list" | "map" };
}

/**
 * What a long list or map is filled with: items that differ, that are all the same, or that say nothing; `named` has a
 * text beside it that is as long as the list.
 */
export const fillings = ["different", "same", "empty", "named"] as const;

/** One of these. */
export type Filling = (typeof fillings)[number];

/**
 * Every list and map where it is nearest to the top of an object: of what several kinds share one place, or, with
 * `everyKind`, one in each kind.
 */
export function longFields({ everyKind = false }: { readonly everyKind?: boolean } = {}): LongField[] {
  const found: LongField[] = [];
  const seen = new Set<string>();
  let level = (kinds as readonly KindDefinition[]).map((kind) => place(kind, definitionOf(kind.schema), []));
  while (level.length > 0) level = level.flatMap((each) => visit(each, { found, seen, everyKind }));
  return found;
}

interface Place {
  readonly kind: KindDefinition;
  readonly definition: Definition | undefined;
  readonly path: LongField["path"];
}

function place(kind: KindDefinition, definition: Definition | undefined, path: LongField["path"]): Place {
  return { kind, definition, path };
}

interface Visiting {
  readonly found: LongField[];
  readonly seen: Set<string>;
  readonly everyKind: boolean;
}

/** Notes the long fields of a place, and gives the places below it. */
function visit({ kind, definition, path }: Place, { found, seen, everyKind }: Visiting): Place[] {
  const below: Place[] = [];
  for (const [name, { type }] of definition?.fields ?? []) {
    const key = `${everyKind ? kind.kind : ""} ${definition?.name} ${name}`;
    if (seen.has(key) || definition === undefined) continue;
    seen.add(key);
    const here = [...path, name];
    if (type.tag === "list" || type.tag === "map") found.push({ kind, path: here, holder: definition, type });
    const inner = type.tag === "list" ? type.item : type;
    if (inner.tag !== "reference") continue;
    below.push(place(kind, definitionOf(inner.definition), type.tag === "list" ? [...here, 0] : here));
  }
  return below;
}

const labels = { app: "a" };
const podSpec = { containers: [{ name: "a", image: "a" }] };
const workload = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } } };
/** What passes, so that what is looked at last is reached too; of kinds that are not here, an empty object does. */
const bases: Readonly<Record<string, Fields>> = {
  Deployment: workload,
  ReplicaSet: workload,
  Pod: { spec: podSpec },
  Service: { spec: { ports: [{ port: 80 }], selector: labels } },
  EndpointSlice: { addressType: "IPv4" },
};

/** An object as JSON that has so many items there. */
export function longObject({ kind, path, holder, type }: LongField, filling: Filling, size: number): string {
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  const namespace = kind.namespaced ? { namespace: "n" } : {};
  const base = thaw<Fields>(bases[kind.kind] ?? {});
  const object: Fields = { ...base, apiVersion, kind: kind.kind, metadata: { name: "a", ...namespace } };
  let at = object;
  for (const [index, name] of path.slice(0, -1).entries()) {
    at[name] ??= path[index + 1] === 0 ? [] : {};
    at = at[name] as Fields;
  }
  if (filling === "named" && path.length > 1) nameAtLength(at, holder, size);
  at[path.at(-1) ?? ""] = long(type, filling, size);
  return JSON.stringify(object);
}

function nameAtLength(object: Fields, { fields }: Definition, size: number): void {
  for (const [name, { type }] of fields) {
    // What goes by a few words is looked at no further when it is none of them.
    if (type.tag === "scalar" && type.scalar === "string") object[name] = name === "operator" ? "In" : "a".repeat(size);
  }
}

function long(type: LongField["type"], filling: Filling, size: number): unknown {
  const of = type.tag === "list" ? type.item : type.value;
  const valueAt = (index: number): unknown => {
    if (filling === "empty" && of.tag !== "scalar") return of.tag === "list" ? [] : {};
    return sample(of, filling === "same" ? 1 : index + 1, 2);
  };
  if (type.tag === "list") return Array.from({ length: size }, (_none, index) => valueAt(index));
  const map: Fields = {};
  for (let index = 0; index < size; index++) {
    map[filling === "empty" || filling === "named" ? `-/${index}!` : `k${index}`] = valueAt(index);
  }
  return map;
}

/** A value of a type, the plain fields of its own filled in. */
function sample(type: FieldType, index: number, depth: number): unknown {
  if (type.tag === "scalar") return scalarOf(type.scalar, index);
  if (depth === 0) return type.tag === "list" ? [] : {};
  if (type.tag === "list") return [sample(type.item, index, depth - 1)];
  if (type.tag === "map") return { [`k${index}`]: sample(type.value, index, depth - 1) };
  const value: Fields = {};
  for (const [name, field] of definitionOf(type.definition)?.fields ?? []) {
    if (field.type.tag === "scalar" || field.required) value[name] = sample(field.type, index, depth - 1);
  }
  return value;
}

function scalarOf(scalar: (FieldType & { tag: "scalar" })["scalar"], index: number): unknown {
  if (scalar === "int32" || scalar === "int64" || scalar === "double") return index % 60_000;
  if (scalar === "boolean") return true;
  if (scalar === "quantity") return "1";
  if (scalar === "time") return "2001-01-01T00:00:00Z";
  if (scalar === "microTime") return "2001-01-01T00:00:00.000000Z";
  return scalar === "bytes" ? "aaaa" : `a${index}!`;
}

/** What a server would have to say of a body. */
export interface Verdict {
  /** The longest of its answers, as JSON. */
  readonly answer: string;
  /** How much it has in memory for it at most: errors and warnings. */
  readonly held: number;
}

/**
 * Does what a server does with a body before it is stored, as a new object, as an update and as one of the status. It
 * goes on where a server stops: each step has to bear whatever passes the ones before it.
 */
export function judge(kind: KindDefinition, body: string): Verdict {
  const decoded = decodeFields(kind, JSON.parse(body));
  if (!decoded.ok) return { answer: decoded.failure.text, held: 0 };
  const { object } = decoded.value;
  kind.applyDefaults(object);
  kind.prepareForCreate(object);
  const found: (readonly FieldError[])[] = [kind.validate(object)];
  const old = thaw(object);
  kind.prepareForUpdate(object, old);
  found.push(kind.validateUpdate(object, old), kind.validateStatusUpdate(object, old));
  const warnings: string[] = [];
  warn({ warnings }, kind.warnings(object));
  kind.toStorage(object);
  const answers = found.map((errors) => JSON.stringify(invalidObject(kind, "a", errors)));
  const answer = answers.reduce((longest, each) => (each.length > longest.length ? each : longest));
  return { answer, held: Math.max(warnings.length, ...found.map(({ length }) => length)) };
}
