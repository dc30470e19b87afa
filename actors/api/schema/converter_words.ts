import { jsonKind } from "../go_format.ts";
import { type FieldType, goTypeName } from "./schema.ts";

/**
 * Why a value is none of a type, in the words of the converter that takes in what strategic merge patches make: it has a
 * server's own words for what JSON's decoder says otherwise.
 *
 * @see https://github.com/kubernetes/apimachinery/blob/release-1.34/pkg/runtime/converter.go
 */
export function unconvertible(value: unknown, type: FieldType): string {
  const kind = goKind(value);
  switch (type.tag) {
    case "map":
      return `cannot restore map from ${kind}`;
    case "list":
      return `cannot restore slice from ${kind}`;
    case "reference":
      return `cannot restore struct from: ${kind}`;
    case "scalar": {
      if (type.scalar === "bytes") return `cannot restore slice from ${kind}`;
      if (type.scalar === "time" || type.scalar === "microTime")
        return `json: cannot unmarshal ${jsonKind(value)} into Go value of type string`;
      // In Go an integer can be made a string, and a number another number; neither is wanted.
      const isConvertible = type.scalar === "string" ? kind === "int64" : typeof value === "number";
      const name = goTypeName(type);
      return isConvertible && type.scalar !== "boolean"
        ? `cannot convert ${kind} to ${name}`
        : `unrecognized type: ${name}`;
    }
  }
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return "slice";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value === "string" ? "string" : "map";
}
