import { groupVersionOf, type KindDefinition } from "../../api/kind.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { tableText } from "../tables/printing/table.ts";

/** A table of what a person wants to know of objects. */
export interface TableShape {
  readonly shape: "table";
  /** How much of each object goes with its row. */
  readonly includeObject: "None" | "Metadata" | "Object";
  /** Which version of `meta.k8s.io` it is. */
  readonly version: "v1" | "v1beta1";
}

/** Objects without anything but their metadata. */
export interface PartialShape {
  readonly shape: "partial";
  /** Whether a list of them is wanted, rather than one. */
  readonly isList: boolean;
  readonly version: "v1" | "v1beta1";
}

/** How a client wants objects shown: as they are, or in one of the shapes of `meta.k8s.io`. */
export type Representation = "object" | TableShape | PartialShape;

/** In which form a client wants its answers written. */
export type Encoding = "json" | "yaml" | "protobuf";

/** The media type of each encoding. */
export const mediaTypes: Readonly<Record<Encoding, string>> = {
  json: "application/json",
  yaml: "application/yaml",
  protobuf: "application/vnd.kubernetes.protobuf",
};

/** The version of `meta.k8s.io` that a shape is of. */
export function metaVersion({ version }: TableShape | PartialShape): string {
  return `meta.k8s.io/${version}`;
}

/** What is left of an object when only its metadata is wanted. */
export function partialOf(shape: PartialShape, { metadata }: Frozen<KubeObject>): Frozen<KubeObject> {
  return { kind: "PartialObjectMetadata", apiVersion: metaVersion(shape), metadata };
}

/** One object, as it is to be shown. */
export interface Shown {
  readonly kind: Pick<KindDefinition, "group" | "version" | "kind" | "printerColumns">;
  readonly object: Frozen<KubeObject>;
  readonly nowMs: number;
}

/** The encoded JSON of one object in a shape. */
export function shapedText(shape: TableShape | PartialShape, { kind, object, nowMs }: Shown): string {
  if (shape.shape === "partial") return JSON.stringify(partialOf(shape, object));
  const { includeObject, version } = shape;
  const metadata = { resourceVersion: object.metadata.resourceVersion ?? "" };
  return tableText({ kind, objects: [object], nowMs, includeObject, metadata, version });
}

/** What a list says of itself in its first fields. */
export interface ListType {
  readonly kind: string;
  readonly apiVersion: string;
}

/** What a list of objects of a kind is called. */
export function listTypeOf(representation: "object" | PartialShape, kind: KindDefinition): ListType {
  if (representation === "object") return { kind: kind.listKind, apiVersion: groupVersionOf(kind) };
  return { kind: "PartialObjectMetadataList", apiVersion: metaVersion(representation) };
}
