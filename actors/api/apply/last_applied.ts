/**
 * What `kubectl apply` without `--server-side` leaves in an object: the way from there to server-side apply.
 *
 * Source: k8s.io/apimachinery, `lastappliedmanager.go` and `lastappliedupdater.go` in `pkg/util/managedfields/internal`.
 */

import { failed, ok, type Result } from "../../kit/result.ts";
import type { Fields } from "../types.ts";
import { type Applied, type Applying, applyObject, type Conflict } from "./apply.ts";
import { compare, fieldsOf } from "./compare.ts";
import { difference, type FieldSet, isEmpty, noFields } from "./field_set.ts";
import { isObject } from "./shape.ts";
import { typedConfigError } from "./typed_config.ts";
import type { Writer } from "./writer.ts";

const annotation = "kubectl.kubernetes.io/last-applied-configuration";
/** What all annotations of an object may take. */
const annotationsBytesMax = 256 * 1024;

/** Applies an object; kubectl takes over what it applied before by the client's own means. */
export function applyWithLastApplied(applying: Applying, writer: Writer): Result<Applied, readonly Conflict[]> {
  const applied = applyObject(applying, writer);
  if (writer.manager !== "kubectl") return applied;
  if (applied.ok) return ok(withLastApplied(applied.value, applying.config));
  const allowed = lastAppliedFields(applying.live, writer);
  if (allowed === undefined) return applied;
  const conflicts = applied.failure.flatMap(({ owner, fields }) => {
    const left = difference(fields, allowed);
    return isEmpty(left) ? [] : [{ owner, fields: left }];
  });
  if (conflicts.length > 0) return failed(conflicts);
  const forced = applyObject({ ...applying, force: true }, writer);
  return forced.ok ? ok(withLastApplied(forced.value, applying.config)) : forced;
}

function annotationsOf(object: Fields): Fields | undefined {
  const { metadata } = object;
  return isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : undefined;
}

/** The fields that were applied last and are still as they were applied then; undefined when nobody knows. */
function lastAppliedFields(live: Fields, { shape, apiVersion }: Writer): FieldSet | undefined {
  const text = annotationsOf(live)?.[annotation];
  if (typeof text !== "string" || text === "") return undefined;
  let last: unknown;
  try {
    last = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(last) || last.apiVersion !== apiVersion || typedConfigError(last, shape) !== undefined)
    return undefined;
  const { modified = noFields, added = noFields, removed = noFields } = compare(last, live, shape) ?? {};
  return difference(difference(difference(fieldsOf(last, shape), modified), added), removed);
}

/** The object with what was applied in its annotation, if it has one: for those who go back to client-side apply. */
function withLastApplied(applied: Applied, config: Fields): Applied {
  const annotations = annotationsOf(applied.object);
  if (!annotations?.[annotation]) return applied;
  const others = annotationsOf(config);
  const { [annotation]: _last, ...kept } = others ?? {};
  const metadata = { ...(config.metadata as Fields), ...(others === undefined ? {} : { annotations: kept }) };
  const now: Fields = { ...annotations, [annotation]: `${JSON.stringify(sorted({ ...config, metadata }))}\n` };
  if (bytesOf(now) > annotationsBytesMax) delete now[annotation];
  const object = { ...applied.object, metadata: { ...(applied.object.metadata as Fields), annotations: now } };
  return { ...applied, object };
}

/** JSON data with its keys in the order in which Go writes a map. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function bytesOf(annotations: Fields): number {
  const encoder = new TextEncoder();
  return Object.entries(annotations).reduce(
    (sum, [name, value]) => sum + encoder.encode(name + String(value)).length,
    0,
  );
}
