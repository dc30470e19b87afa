/**
 * What keeps an applied object from having a type: fields that the schema does not have, and lists whose items cannot
 * be told apart. The words are those of sigs.k8s.io/structured-merge-diff.
 */
import { createBoundedTexts } from "../bounded_texts.ts";
import type { Fields } from "../types.ts";
import { fieldShape, isObject, partNames, type Shape, structShape } from "./shape.ts";

/** What is wrong with an applied object, as one text; `undefined` if nothing is. */
export function typedConfigError(config: Fields, schema: string): string | undefined {
  const found = createBoundedTexts();
  check(config, structShape(schema), { path: "", errors: found });
  const errors = found.all();
  if (errors.length <= 1) return errors[0];
  return ["errors:", ...errors.map((error) => `  ${error}`)].join("\n");
}

interface Context {
  readonly path: string;
  readonly errors: { push(error: string): void };
}

function check(value: unknown, shape: Shape, { path, errors }: Context): void {
  if (shape.tag === "struct" && isObject(value)) {
    for (const [name, each] of Object.entries(value)) {
      const context = { path: `${path}.${name}`, errors };
      if (!shape.definition.fields.has(name)) errors.push(`${context.path}: field not declared in schema`);
      else check(each, fieldShape(shape.definition, name), context);
    }
  } else if (shape.tag === "map" && isObject(value)) {
    for (const [name, each] of Object.entries(value)) check(each, shape.value, { path: `${path}.${name}`, errors });
  } else if (shape.tag === "set" && Array.isArray(value)) {
    for (const each of new Set(doubles(value.map((item) => JSON.stringify(item))))) {
      errors.push(`${path}: duplicate entries for key [${each}]`);
    }
  } else if (shape.tag === "items" && Array.isArray(value)) checkItems(value, shape, { path, errors });
}

function checkItems(items: readonly unknown[], shape: Shape & { readonly tag: "items" }, { path, errors }: Context) {
  const shown = new Map<string, string>();
  for (const [index, item] of items.entries()) {
    if (!isObject(item)) continue;
    const missing = shape.keys.find((name) => item[name] === undefined && shape.keyDefaults[name] === undefined);
    if (missing !== undefined) {
      const why = `associative list with keys has an element that omits key field "${missing}"`;
      errors.push(`${path}: element ${index}: ${why} (and doesn't have default value)`);
      continue;
    }
    const key = shape.keys.map((name) => `${name}=${JSON.stringify(item[name] ?? shape.keyDefaults[name])}`).join(",");
    shown.set(partNames.item(item, shape), key);
    check(item, shape.item, { path: `${path}[${key}]`, errors });
  }
  const names = items.filter(isObject).map((item) => partNames.item(item, shape));
  for (const name of new Set(doubles(names))) {
    if (shown.has(name)) errors.push(`${path}: duplicate entries for key [${shown.get(name)}]`);
  }
}

function doubles(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}
