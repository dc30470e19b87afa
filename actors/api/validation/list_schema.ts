import { isFields, type JsonSchema } from "../custom/json_schema.ts";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";

const listTypes = ["atomic", "set", "map"];
const mapTypes = ["atomic", "granular"];
/** Of so many keys the answer tells, as it repeats them all each time. */
const keysMax = 64;

/** What is wrong with what a schema says of how lists and maps are merged. */
export function listErrors(schema: JsonSchema, at: string): FieldError[] {
  const { type = "" } = schema;
  const listType: string | undefined = schema["x-kubernetes-list-type"];
  const mapType: string | undefined = schema["x-kubernetes-map-type"];
  const errors: FieldError[] = [];
  const wrongType = (text: string) =>
    errors.push(type === "" ? required(`${at}.type`, text) : invalid(`${at}.type`, type, text));
  if (mapType !== undefined && type !== "object") wrongType("must be object if x-kubernetes-map-type is specified");
  if (mapType !== undefined && !mapTypes.includes(mapType))
    errors.push(notSupported(`${at}.x-kubernetes-map-type`, mapType, mapTypes));
  if (listType !== undefined && type !== "array") wrongType("must be array if x-kubernetes-list-type is specified");
  else if (listType === "set") addErrors(errors, setErrors(schema, at));
  if (listType !== undefined && !listTypes.includes(listType))
    errors.push(notSupported(`${at}.x-kubernetes-list-type`, listType, listTypes));
  if ((schema["x-kubernetes-list-map-keys"] ?? []).length > 0 && listType !== "map") {
    const text = "must be map if x-kubernetes-list-map-keys is non-empty";
    const field = `${at}.x-kubernetes-list-type`;
    errors.push(listType === undefined ? required(field, text) : invalid(field, listType, text));
  }
  if (listType === "map") addErrors(errors, mapErrors(schema, at));
  if (isFields(schema.items) && schema.items.nullable === true && (listType === "map" || listType === "set"))
    errors.push(forbidden(`${at}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === "map") addErrors(errors, keyErrors(schema, at));
  return errors;
}

/** Items of a set are wholes. */
function setErrors({ items }: JsonSchema, at: string): FieldError[] {
  if (items === undefined || Array.isArray(items)) return [];
  const text = "must be atomic as item of a list with x-kubernetes-list-type=set";
  const listType: string | undefined = items["x-kubernetes-list-type"];
  if (items.type === "array" && listType !== undefined && listType !== "atomic")
    return [invalid(`${at}.items.x-kubernetes-list-type`, listType, text)];
  if (items.type === "object" && items["x-kubernetes-map-type"] !== "atomic")
    return [invalid(`${at}.items.x-kubernetes-map-type`, listType, text)];
  return [];
}

function mapErrors(schema: JsonSchema, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const { items } = schema;
  const field = `${at}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) errors.push(required(field, "must not be empty if x-kubernetes-list-type is map"));
  if (items === undefined) errors.push(required(`${at}.items`, "must have a schema if x-kubernetes-list-type is map"));
  else if (Array.isArray(items))
    errors.push(invalid(`${at}.items`, items, "must only have a single schema if x-kubernetes-list-type is map"));
  else if (items.type !== "object") {
    const text = "must be object if parent array's x-kubernetes-list-type is map";
    errors.push(invalid(`${at}.items.type`, items.type ?? "", text));
  } else {
    const seen = new Set<string>();
    for (const key of keys.slice(0, keysMax)) {
      const own = items.properties !== undefined && Object.hasOwn(items.properties, key) && items.properties[key];
      if (!own) errors.push(invalid(field, keys, "entries must all be names of item properties"));
      else if (own.type === "array" || own.type === "object") {
        const text = "must be a scalar type if parent array's x-kubernetes-list-type is map";
        errors.push(invalid(`${at}.items.properties[${key}].type`, items.type, text));
      }
      if (seen.has(key)) errors.push(invalid(field, keys, "must not contain duplicate entries"));
      seen.add(key);
    }
  }
  return errors;
}

/** Every item of a map has its keys. */
function keyErrors(schema: JsonSchema, at: string): FieldError[] {
  const { items } = schema;
  if (items === undefined || Array.isArray(items)) return [];
  const errors: FieldError[] = [];
  const needed = new Set(items.required);
  const told = "this property is in x-kubernetes-list-map-keys, so it";
  for (const key of schema["x-kubernetes-list-map-keys"] ?? []) {
    const { properties } = items;
    const own = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (own === undefined) continue;
    const here = `${at}.items.properties[${key}]`;
    if (!needed.has(key) && (own.default === undefined || own.default === null))
      errors.push(required(`${here}.default`, `${told} must have a default or be a required property`));
    if (own.nullable === true) errors.push(forbidden(`${here}.nullable`, `${told} cannot be nullable`));
  }
  return errors;
}
