import { groupVersionOf, type KindDefinition, type PrinterColumn } from "../../../api/kind.ts";
import type { Frozen, KubeObject } from "../../../api/types.ts";
import { all } from "../all.ts";
import { type Cell, type Column, nameColumn, type TableDefinition } from "./columns.ts";
import { ageOf } from "./duration.ts";

/** Of what kind the objects of a table are. */
export type TableKind = Pick<KindDefinition, "group" | "version" | "kind" | "printerColumns">;

/** What a table is made of. */
export interface TableRequest {
  readonly kind: TableKind;
  readonly objects: readonly Frozen<KubeObject>[];
  readonly nowMs: number;
  /** How much of each object goes with its row. */
  readonly includeObject: "None" | "Metadata" | "Object";
  /** The table's own, as a list's. */
  readonly metadata: object;
  /** Whether to say what the columns are. Default true. */
  readonly columns?: boolean;
  /** Which version of `meta.k8s.io` it is. Default `v1`. */
  readonly version?: "v1" | "v1beta1";
  /** For a watch's bookmark: the object that stands in its one, empty row. */
  readonly bookmark?: Frozen<KubeObject>;
}

const createdColumn: Column = {
  name: "Created At",
  type: "date",
  description: "When the object was created",
  of: ({ metadata }) => metadata.creationTimestamp ?? "",
};

const fallback: readonly Column[] = [nameColumn, createdColumn];
const columnsByKind = new Map(all.map((table: TableDefinition) => [`${table.group}/${table.kind}`, table.columns]));

/** The encoded Table of objects, which kubectl prints as it is. */
export function tableText(request: TableRequest): string {
  const { kind, objects, nowMs, includeObject, metadata, bookmark, version = "v1" } = request;
  const columns = columnsOf(kind);
  const columnDefinitions = (request.columns ?? true) ? columns.map(columnDefinition) : [];
  const rows = bookmark
    ? [{ cells: columns.map(() => ""), object: bookmark }]
    : objects.map((object) => ({
        cells: columns.map((column) => column.of(object, nowMs)),
        ...rowObject(kind, object, { include: includeObject, version }),
      }));
  return JSON.stringify({ kind: "Table", apiVersion: `meta.k8s.io/${version}`, metadata, columnDefinitions, rows });
}

function columnsOf(kind: TableKind): readonly Column[] {
  if (kind.printerColumns !== undefined) return [nameColumn, ...kind.printerColumns.map(printedColumn)];
  return columnsByKind.get(`${kind.group}/${kind.kind}`) ?? fallback;
}

function printedColumn({ name, type, format, priority, description, of }: PrinterColumn): Column {
  return {
    name,
    type: type as NonNullable<Column["type"]>,
    format,
    wide: priority > 0,
    description,
    of: (object, nowMs) => printedCell(of(object), { type, nowMs }),
  };
}

function printedCell(value: unknown, { type, nowMs }: { readonly type: string; readonly nowMs: number }): Cell {
  if (value === undefined || value === null) return null;
  if (type === "date") return typeof value === "string" ? ageOf(value, nowMs) : null;
  if (type === "integer" || type === "number") return typeof value === "number" ? value : null;
  if (type === "boolean") return typeof value === "boolean" ? value : null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function columnDefinition({ name, type = "string", format = "", wide = false, description }: Column) {
  return { name, type, format, description, priority: wide ? 1 : 0 };
}

interface RowObject {
  readonly include: TableRequest["includeObject"];
  readonly version: string;
}

function rowObject(kind: TableKind, object: Frozen<KubeObject>, { include, version }: RowObject): object {
  if (include === "None") return {};
  if (include === "Object") return { object: { ...object, apiVersion: groupVersionOf(kind), kind: kind.kind } };
  return { object: { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata } };
}
