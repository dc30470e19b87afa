/**
 * What keeps an applied object from having a type: fields that the schema does not have, and lists whose items cannot
 * be told apart. The words are those of sigs.k8s.io/structured-merge-diff.
 */
import { createBoundedTexts } from "../bounded_texts.ts";
import type { Fields } from "../types.ts";
import { itemElement } from "./elements.ts";
import { isObject, type ListOfItems, type Shape, shapeFor } from "./shape.ts";

/** What is wrong with an applied object, as one text; `undefined` if nothing is. */
export function typedConfigError(config: Fields, shape: Shape): string | undefined {
  const found = createBoundedTexts();
  check(config, shape, { path: "", errors: found });
  const errors = found.all();
  if (errors.length <= 1) return errors[0];
  return ["errors:", ...errors.map((error) => `  ${error}`)].join("\n");
}

interface Context {
  readonly path: string;
  readonly errors: { push(error: string): void };
}

function check(value: unknown, shape: Shape, { path, errors }: Context): void {
  const own = shapeFor(shape, value);
  if (own.tag === "struct" && isObject(value)) {
    for (const [name, each] of Object.entries(value)) {
      const context = { path: `${path}.${name}`, errors };
      const inner = own.field(name) ?? own.other;
      if (inner === undefined) errors.push(`${context.path}: field not declared in schema`);
      else check(each, inner, context);
    }
  } else if (own.tag === "set" && Array.isArray(value)) {
    for (const each of new Set(doubles(value.map((item) => JSON.stringify(item))))) {
      errors.push(`${path}: duplicate entries for key [=${each}]`);
    }
  } else if (own.tag === "items" && Array.isArray(value)) checkItems(value, own, { path, errors });
}

function checkItems(items: readonly unknown[], shape: ListOfItems, { path, errors }: Context) {
  const shown = new Map<string, string>();
  for (const [index, item] of items.entries()) {
    if (!isObject(item)) continue;
    const missing = shape.keys.filter((name) => item[name] === undefined && shape.keyDefaults[name] === undefined);
    // Of several keys some may be missing: that is a key, too.
    if (missing.length === shape.keys.length) {
      const why = `associative list with keys has an element that omits key field "${missing[0]}"`;
      errors.push(`${path}: element ${index}: ${why} (and doesn't have default value)`);
      continue;
    }
    const said = shape.keys.filter((name) => !missing.includes(name));
    const key = said.map((name) => `${name}=${JSON.stringify(item[name] ?? shape.keyDefaults[name])}`).join(",");
    shown.set(itemElement(item, shape), key);
    check(item, shape.item, { path: `${path}[${key}]`, errors });
  }
  const names = items.filter(isObject).map((item) => itemElement(item, shape));
  for (const name of new Set(doubles(names))) {
    if (shown.has(name)) errors.push(`${path}: duplicate entries for key [${shown.get(name)}]`);
  }
}

function doubles(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}
