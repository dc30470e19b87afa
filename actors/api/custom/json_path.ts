/**
 * The paths by which columns, selectors and scales of custom resources name fields: `.spec.a`, `.metadata.labels['b']`,
 * `.status.conditions[?(@.type=="Ready")].status`, `.spec.list[0]`, `.spec.list[*].name`.
 */
import { isFields } from "./json_schema.ts";

type Part =
  | { readonly tag: "field"; readonly name: string }
  | { readonly tag: "item"; readonly index: number }
  | { readonly tag: "all" }
  | { readonly tag: "where"; readonly path: readonly Part[]; readonly equals: unknown };

/** A path that was read. */
export type JsonPath = readonly Part[];

const partPattern =
  /^(?:\.([A-Za-z_$][\w$-]*|\*)|\[(\d+|\*)\]|\[['"]((?:[^'"\\]|\\.)*)['"]\]|\[\?\(@((?:\.[\w$-]+)+)\s*==\s*(?:"([^"]*)"|'([^']*)'|(true|false|-?\d+(?:\.\d+)?))\)\])/;

/** Reads a path; undefined when it is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  const parts: Part[] = [];
  let rest = text.replace(/^\{(.*)\}$/, "$1").replace(/^\$/, "");
  if (rest !== "" && !rest.startsWith(".") && !rest.startsWith("[")) rest = `.${rest}`;
  // A dot in a name is escaped.
  const dot = "\u0000";
  rest = rest.replaceAll("\\.", dot);
  while (rest !== "") {
    const found = partPattern.exec(rest) ?? new RegExp(`^\\.([\\w$${dot}/-]+)()()()()()()`).exec(rest);
    if (found === null) return undefined;
    parts.push(partOf(found, dot));
    rest = rest.slice(found[0].length);
  }
  return parts;
}

function partOf(
  [, name, index, quoted, where, double, single, bare]: readonly (string | undefined)[],
  dot: string,
): Part {
  if (name === "*" || index === "*") return { tag: "all" };
  if (name) return { tag: "field", name: name.replaceAll(dot, ".") };
  if (index) return { tag: "item", index: Number(index) };
  if (where) {
    const path = where
      .slice(1)
      .split(".")
      .map((each): Part => ({ tag: "field", name: each }));
    return { tag: "where", path, equals: double ?? single ?? (bare === undefined ? "" : JSON.parse(bare)) };
  }
  return { tag: "field", name: (quoted ?? "").replaceAll(dot, ".") };
}

/** The values that a path leads to. */
export function valuesAt(value: unknown, path: JsonPath): readonly unknown[] {
  let found: unknown[] = [value];
  for (const part of path) found = found.flatMap((each) => step(each, part));
  return found.filter((each) => each !== undefined);
}

function step(value: unknown, part: Part): unknown[] {
  if (part.tag === "field") return isFields(value) && Object.hasOwn(value, part.name) ? [value[part.name]] : [];
  if (part.tag === "all") return Array.isArray(value) ? value : isFields(value) ? Object.values(value) : [];
  if (!Array.isArray(value)) return [];
  if (part.tag === "item") return part.index < value.length ? [value[part.index]] : [];
  return value.filter((each) => valuesAt(each, part.path)[0] === part.equals);
}
