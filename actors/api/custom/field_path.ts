import { failed, ok, type Result } from "../../kit/result.ts";
import { isFields, type JsonSchema } from "./json_schema.ts";

/** Where a path of a schema's fields leads. */
export interface FieldPath {
  /** The path, as errors name it. */
  readonly text: string;
  /** Its first name. */
  readonly root: string;
  readonly schema: JsonSchema;
}

/** How a path may be written. */
export interface FieldPathOptions {
  /** Whether names may stand in brackets and quotes; by default they may. */
  readonly brackets?: boolean;
}

const escapes: Readonly<Record<string, string>> = {
  ...{ a: "\u0007", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "'": "'", "\\": "\\" },
};
const end = "unexpected end of JSON path";
const unknown = "does not refer to a valid field";

/** Follows a path such as `.spec.labels['a']` in a schema; fails with Kubernetes' words where there is no such field. */
export function fieldPathOf(
  text: string,
  root: JsonSchema,
  { brackets = true }: FieldPathOptions = {},
): Result<FieldPath, string> {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g) ?? [];
  const names: string[] = [];
  let schema = root;
  let shown = "";
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token !== "." && token !== "[") return failed(`expected [ or . but got: ${token}`);
    if (token === "[" && !brackets) return failed("array notation is not allowed");
    index += 1;
    const given = tokens[index];
    if (given === undefined) return failed(end);
    const named = token === "[" ? unquoted(given) : ok(given);
    if (!named.ok) return named;
    const { properties, additionalProperties } = schema;
    if (properties !== undefined) {
      if (!Object.hasOwn(properties, named.value)) return failed(unknown);
      schema = properties[named.value] ?? {};
      shown += `${shown === "" ? "" : "."}${named.value}`;
    } else if (additionalProperties !== undefined) {
      schema = isFields(additionalProperties) ? (additionalProperties as JsonSchema) : {};
      shown += `[${named.value}]`;
    } else return failed(unknown);
    names.push(named.value);
    if (token === ".") continue;
    index += 1;
    if (tokens[index] === undefined) return failed(end);
    if (tokens[index] !== "]") return failed(`expected ] but got ${tokens[index]}`);
  }
  return ok({ text: shown, root: names[0] ?? "", schema });
}

function unquoted(token: string): Result<string, string> {
  if (token.length < 2 || !token.startsWith("'") || !token.endsWith("'")) {
    return failed(`expected single quoted string but got ${token}`);
  }
  let wrong = "";
  const text = token.slice(1, -1).replace(/\\./g, (pair) => {
    const char = escapes[pair.charAt(1)];
    if (char === undefined) wrong = pair;
    return char ?? "";
  });
  return wrong === "" ? ok(text) : failed(`invalid string literal: invalid escape char ${wrong}`);
}
