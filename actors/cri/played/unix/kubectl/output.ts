import { parseJsonPath, valuesAt } from "../../../../api/custom/json_path.ts";
import type { Fields } from "../../../../api/types.ts";
import { yamlText } from "../../../../api/yaml_text.ts";
import type { Process, Running } from "../kernel/process.ts";
import { type ApiObject, nameOf, type Resource } from "./client.ts";
import { failWith, put, say } from "./command.ts";

/** Something to show, and what it is. */
export interface Shown {
  readonly resource: Resource;
  readonly object: ApiObject;
}

/** What is shown, and how. */
export interface Showing {
  /** What `-o` says. */
  readonly form: string;
  readonly shown: readonly Shown[];
  /** It is one that was named, and no list. */
  readonly isOne: boolean;
  /** Whether columns have headers. Default true. */
  readonly hasHeaders?: boolean;
}

/** A table, as servers print lists. */
export interface Table extends ApiObject {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows?: readonly { readonly cells: readonly unknown[]; readonly object?: Partial<ApiObject> }[];
}

/** Whether an output is made of whole objects. */
export function isWhole(form: string): boolean {
  return form !== "" && form !== "wide";
}

/** Shows objects as `-o` says: one of them as it is, several as a list. */
export function* show(self: Process, { form, shown, isOne, hasHeaders = true }: Showing): Running<void> {
  if (form === "name") {
    for (const { resource, object } of shown) yield* say(self, nameOf(resource, object.metadata.name ?? ""));
    return;
  }
  const items = shown.map(({ object }) => cleaned(object));
  const value = isOne ? items[0] : { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
  if (form === "json") return yield* say(self, JSON.stringify(sorted(value), undefined, 4));
  if (form === "yaml") return yield* put(self, yamlText(value));
  const [name = "", text = ""] = form.split(/=([\s\S]*)/, 2);
  if (name === "jsonpath") return yield* put(self, yield* fillTemplate(self, text, value));
  if (name === "custom-columns")
    return yield* put(self, lines((yield* columnsOf(self, text, items)).slice(hasHeaders ? 0 : 1)));
  yield* failWith(
    self,
    `unable to match a printer suitable for the output format "${name}": kubetroupe plays json, yaml, name, wide, jsonpath and custom-columns`,
  );
}

function cleaned({ metadata, ...rest }: ApiObject): ApiObject {
  const { managedFields: _, ...shown } = metadata;
  return { ...rest, metadata: shown };
}

/** A value with the fields of its objects in the order of the alphabet. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

function* columnsOf(self: Process, text: string, items: readonly ApiObject[]): Running<string[][]> {
  const columns: { readonly header: string; readonly path: string }[] = [];
  for (const column of text.split(",")) {
    const [header = "", path = ""] = column.split(/:([\s\S]*)/, 2);
    columns.push({ header, path });
  }
  const rows = [columns.map(({ header }) => header)];
  for (const item of items) {
    const row: string[] = [];
    for (const { path } of columns) {
      const values = yield* valuesOf(self, path, item);
      row.push(values.length === 0 ? "<none>" : values.map(textOf).join(","));
    }
    rows.push(row);
  }
  return rows;
}

function* valuesOf(self: Process, text: string, value: unknown): Running<readonly unknown[]> {
  const path = parseJsonPath(text);
  if (path) return valuesAt(value, path);
  return yield* failWith(self, `error parsing jsonpath ${text}, kubetroupe plays fields, items, [*] and [?(@.a=="b")]`);
}

/** Fills a template: text as it is, `{.path}`, `{"text"}`, and `{range .path}...{end}`. */
function* fillTemplate(self: Process, template: string, value: unknown): Running<string> {
  const parts = template.match(/\{(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^{}])*\}|[^{]+/g) ?? [];
  return (yield* fill(self, parts, { at: 0, value })).text;
}

interface Place {
  readonly at: number;
  readonly value: unknown;
}

function* fill(self: Process, parts: readonly string[], { at, value }: Place): Running<{ text: string; at: number }> {
  let text = "";
  let next = at;
  while (next < parts.length) {
    const part = parts[next++] ?? "";
    const expression = part.startsWith("{") ? part.slice(1, -1).trim() : undefined;
    if (expression === "end") return { text, at: next };
    if (expression === undefined) text += part;
    else if (/^["']/.test(expression)) text += unquoted(expression);
    else if (expression.startsWith("range ")) {
      const items = yield* valuesOf(self, expression.slice(6).trim(), value);
      let behind = next;
      // An empty range is still read to its end.
      for (const item of items.length === 0 ? [undefined] : items) {
        const filled = yield* fill(self, parts, { at: next, value: item });
        if (items.length > 0) text += filled.text;
        behind = filled.at;
      }
      next = behind;
    } else text += (yield* valuesOf(self, expression, value)).map(textOf).join(" ");
  }
  return { text, at: next };
}

function unquoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
  return text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(sorted(value));
}

/** What of a table is shown. */
export interface TableOptions {
  readonly isWide: boolean;
  readonly hasHeaders: boolean;
  /** Each row begins with its namespace. */
  readonly hasNamespaces: boolean;
  /** Each row ends with its labels. */
  readonly hasLabels: boolean;
  /** What stands before each name: where several kinds are shown. Default: nothing. */
  readonly before?: string;
}

/** The text of a table. */
export function tableText({ columnDefinitions, rows = [] }: Table, options: TableOptions): string {
  const { isWide, hasHeaders, hasNamespaces, hasLabels, before = "" } = options;
  const shown = columnDefinitions.map(({ priority }) => isWide || priority === 0);
  const header = columnDefinitions.flatMap(({ name }, at) => (shown[at] ? [name.toUpperCase()] : []));
  const table = rows.map(({ cells, object }) => {
    const texts = cells.flatMap((cell, at) => (shown[at] ? [`${at === 0 ? before : ""}${cellText(cell)}`] : []));
    const labels = Object.entries(object?.metadata?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    return [
      ...(hasNamespaces ? [object?.metadata?.namespace ?? ""] : []),
      ...texts,
      ...(hasLabels ? [labels.length === 0 ? "<none>" : labels.join(",")] : []),
    ];
  });
  const names = [...(hasNamespaces ? ["NAMESPACE"] : []), ...header, ...(hasLabels ? ["LABELS"] : [])];
  return lines(hasHeaders ? [names, ...table] : table);
}

function cellText(cell: unknown): string {
  return typeof cell === "string" ? cell : cell === null || cell === undefined ? "" : JSON.stringify(cell);
}

/** Columns side by side, three blanks apart. */
function lines(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows
    .map(
      (row) =>
        `${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd((widths[at] ?? 0) + 3))).join("")}\n`,
    )
    .join("");
}

/** The fields of a value that is an object; none of what is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
