import { aggregateText, fieldErrorText } from "../../api/field_error.ts";
import { typeMetaError } from "../../api/type_meta.ts";
import type { Fields, Frozen, KubeObject } from "../../api/types.ts";
import { validateAnnotations, validateLabels } from "../../api/validation/metadata.ts";
import { failed, ok, type Result } from "../../kit/result.ts";

/** An object that a webhook has made of another. */
export interface ConvertedObject {
  readonly original: Frozen<KubeObject>;
  readonly converted: unknown;
  /** In which version it was to be. */
  readonly apiVersion: string;
}

/** Why an object is none of those that were asked for. */
export interface ConversionFault {
  /** What is invalid: the object, or its metadata. */
  readonly part: "object" | "metadata";
  readonly why: string;
}

const invalidObject = (why: string) => failed<ConversionFault>({ part: "object", why });
const invalidMetadata = (why: string) => failed<ConversionFault>({ part: "metadata", why });

/**
 * The converted object with the metadata of the original: a webhook may change labels and annotations, and nothing else
 * of it; that it tries to make it another object is an error, the rest is put back.
 */
export function restoredObject({
  original,
  converted,
  apiVersion,
}: ConvertedObject): Result<Frozen<KubeObject>, ConversionFault> {
  if (!isObject(converted)) return invalidObject("Object 'Kind' is missing");
  const untyped = typeMetaError(converted);
  if (untyped !== undefined) return invalidObject(untyped);
  const { apiVersion: own = "", kind = "", metadata } = converted;
  if (own !== apiVersion) {
    return invalidObject(`invalid groupVersion (expected ${apiVersion}, received ${String(own)})`);
  }
  if (kind !== original.kind) {
    return invalidObject(`invalid kind (expected ${original.kind}, received ${String(kind)})`);
  }
  if (metadata === undefined) return invalidMetadata("missing metadata in converted object");
  if (!isObject(metadata)) return invalidMetadata(`invalid metadata of type ${typeName(metadata)} in converted object`);
  const other = identityError(original.metadata, metadata);
  if (other !== undefined) return invalidObject(other);
  const { labels: _labels, annotations: _annotations, ...kept } = original.metadata;
  const restored: Fields = { ...kept };
  for (const name of ["labels", "annotations"] as const) {
    const made = metadata[name];
    if (made === undefined || made === null) continue;
    const wrong = textsError(name, made, original.metadata[name]);
    if (wrong !== undefined) return invalidMetadata(wrong);
    restored[name] = made;
  }
  return ok({ ...converted, metadata: restored } as unknown as Frozen<KubeObject>);
}

function identityError(original: Frozen<KubeObject>["metadata"], made: Fields): string | undefined {
  for (const [field, said] of [
    ["name", "name"],
    ["namespace", "namespace"],
    ["uid", "UID"],
  ] as const) {
    const [expected, actual] = [original[field] ?? "", made[field] ?? ""];
    if (expected !== actual)
      return `must have the same ${said}: ${expected} != ${typeof actual === "string" ? actual : typeName(actual)}`;
  }
  return undefined;
}

function textsError(name: "labels" | "annotations", made: unknown, original: object | undefined): string | undefined {
  if (!isObject(made)) return `invalid metadata.${name} of type ${typeName(made)} in converted object`;
  for (const [key, value] of Object.entries(made)) {
    if (typeof value !== "string") {
      return `metadata.${name}[${key}] must be a string, but is ${typeName(value)} in converted object`;
    }
  }
  if (JSON.stringify(made) === JSON.stringify(original)) return undefined;
  const texts = made as Record<string, string>;
  const errors =
    name === "labels" ? validateLabels(texts, "metadata.labels") : validateAnnotations(texts, "metadata.annotation");
  return errors.length === 0 ? undefined : aggregateText(errors.map(fieldErrorText));
}

/** As Go calls the type of a JSON value. */
function typeName(value: unknown): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
