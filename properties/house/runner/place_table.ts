import type { SourceMapPayload } from "node:module";

/** Which places of sources those of one file of code were made of, line by line: found without being parsed. */
export interface PlaceTable {
  /** Absolute paths. */
  readonly sources: readonly string[];
  /** A row is a line and a column of the code, an index of `sources`, and a line and a column of it; all from 0. */
  readonly rows: Int32Array;
}

/** A place in a source, its line and column counted from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

const width = 5;
const digits = new Map(
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map((letter, value) => [
    letter.charCodeAt(0),
    value,
  ]),
);
const [semicolon, comma] = [";".charCodeAt(0), ",".charCodeAt(0)];

/**
 * The table of a map. Where a line of code goes on with the same line of a source, one row stands for all.
 *
 * @param absolute the absolute path of one of the map's sources
 */
export function tableOf({ mappings, sources }: SourceMapPayload, absolute: (source: string) => string): PlaceTable {
  const rows: number[] = [];
  // Line, column, source, the source's line and column: all but the line are written as differences.
  const at = [0, 0, 0, 0, 0];
  let [field, shift, value] = [1, 0, 0];
  let last: readonly number[] = [];
  const endOfPlace = () => {
    const isNew = last[0] !== at[0] || last[2] !== at[2] || last[3] !== at[3];
    if (field >= width && isNew) {
      rows.push(...at);
      last = [...at];
    }
    field = 1;
  };
  for (let index = 0; index < mappings.length; index++) {
    const letter = mappings.charCodeAt(index);
    if (letter === comma || letter === semicolon) {
      endOfPlace();
      if (letter === semicolon) [at[0], at[1]] = [(at[0] ?? 0) + 1, 0];
      continue;
    }
    const digit = digits.get(letter) ?? 0;
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    if (field < width) at[field] = (at[field] ?? 0) + (value & 1 ? -(value >> 1) : value >> 1);
    [field, shift, value] = [field + 1, 0, 0];
  }
  endOfPlace();
  return { sources: sources.map(absolute), rows: Int32Array.from(rows) };
}

/** The place that a line and a column of the code, counted from 1, were made of. */
export function placeOf({ sources, rows }: PlaceTable, line: number, column: number): Place | undefined {
  let [low, high] = [0, rows.length / width];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [rowLine = 0, rowColumn = 0] = [rows[middle * width], rows[middle * width + 1]];
    if (rowLine < line - 1 || (rowLine === line - 1 && rowColumn <= column - 1)) low = middle + 1;
    else high = middle;
  }
  const [rowLine, , source = 0, sourceLine = 0, sourceColumn = 0] = rows.subarray((low - 1) * width, low * width);
  const path = sources[source];
  if (low === 0 || rowLine !== line - 1 || path === undefined) return undefined;
  return { path, line: sourceLine + 1, column: sourceColumn + 1 };
}
