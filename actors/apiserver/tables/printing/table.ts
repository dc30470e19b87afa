import { groupVersionOf, type KindDefinition } from "../../../api/kind.ts";
import type { Frozen, KubeObject } from "../../../api/types.ts";
import { all } from "../all.ts";
import { type Column, nameColumn, type TableDefinition } from "./columns.ts";

/** Of what kind the objects of a table are. */
export type TableKind = Pick<KindDefinition, "group" | "version" | "kind">;

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
  const { kind, objects, nowMs, includeObject, metadata, bookmark } = request;
  const columns = columnsByKind.get(`${kind.group}/${kind.kind}`) ?? fallback;
  const columnDefinitions = (request.columns ?? true) ? columns.map(columnDefinition) : [];
  const rows = bookmark
    ? [{ cells: columns.map(() => ""), object: bookmark }]
    : objects.map((object) => ({
        cells: columns.map((column) => column.of(object, nowMs)),
        ...rowObject(kind, object, includeObject),
      }));
  return JSON.stringify({ kind: "Table", apiVersion: "meta.k8s.io/v1", metadata, columnDefinitions, rows });
}

function columnDefinition({ name, type = "string", format = "", wide = false, description }: Column) {
  return { name, type, format, description, priority: wide ? 1 : 0 };
}

function rowObject(kind: TableKind, object: Frozen<KubeObject>, include: TableRequest["includeObject"]): object {
  if (include === "None") return {};
  if (include === "Object") return { object: { ...object, apiVersion: groupVersionOf(kind), kind: kind.kind } };
  return { object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata } };
}
