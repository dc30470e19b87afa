import type { Frozen, KubeObject } from "../../../api/types.ts";
import { ageOf } from "./duration.ts";

/** What stands in a cell; null for nothing. */
export type Cell = string | number | boolean | null;

/** A column of a table of objects; its cells are made by `of`. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  /** Default `string`. */
  readonly type?: "string" | "integer" | "number" | "boolean" | "date";
  readonly format?: string;
  /** Shown only with `-o wide`. Default false. */
  readonly wide?: boolean;
  readonly description: string;
  of(object: Frozen<T>, nowMs: number): Cell;
}

/** How objects of a kind are shown in a table: its columns, in their order. */
export interface TableDefinition<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly kind: string;
  readonly columns: readonly Column<T>[];
}

/** The first column of almost every table. */
export const nameColumn: Column = {
  name: "Name",
  format: "name",
  description: "The object's name, unique for its kind within its namespace",
  of: ({ metadata }) => metadata.name,
};

/** How long ago the object was created. */
export const ageColumn: Column = {
  name: "Age",
  description: "How long ago the object was created",
  of: ({ metadata }, nowMs) => ageOf(metadata.creationTimestamp, nowMs),
};

/** Names a table; its columns are typed by the kind they read. */
export function defineTable<T extends KubeObject>(table: TableDefinition<T>): TableDefinition {
  // The registry hands a table only objects of the kind that it names.
  return table as unknown as TableDefinition;
}

/** Texts joined by commas; `<none>` when there are none. */
export function listed(texts: readonly string[]): string {
  return texts.length === 0 ? "<none>" : texts.join(",");
}

/** A label map as `a=1,b=2`, sorted; `<none>` when it is empty. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  return listed(
    Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  );
}
