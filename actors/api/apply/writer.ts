import type { Fields } from "../types.ts";
import { type Comparison, compareBut } from "./compare.ts";
import { type FieldSet, isEmpty, recursiveDifference } from "./field_set.ts";
import type { Shape } from "./shape.ts";

/** An object as one version has it. */
export interface Versioned {
  readonly object: Fields;
  readonly shape: Shape;
}

/** Somebody who writes an object, and how the object is seen in other versions. */
export interface Writer {
  readonly manager: string;
  /** Of the objects below. */
  readonly apiVersion: string;
  readonly subresource?: string;
  /** The time of the write, in seconds since 1970. */
  readonly seconds: number;
  readonly shape: Shape;
  /** What a write of this kind leaves as it was, whatever it says: nobody comes to own it by that. */
  readonly reset: FieldSet;
  /** An object, which says of which version it is, in a version; undefined where that is not served any more. */
  convert(object: Fields, apiVersion: string): Versioned | undefined;
}

/** Two states of an object, in its writer's version. */
export interface Change {
  readonly live: Fields;
  readonly now: Fields;
}

/** What a write changes, in each version in which somebody has asked for it so far. */
export interface Changes {
  readonly change: Change;
  readonly writer: Writer;
  /** In the writer's own version. */
  readonly own: Comparison;
  readonly others: Map<string, Comparison | "missing">;
}

/** Compares two states in the version of their writer. */
export function changesOf(change: Change, writer: Writer): Changes {
  return {
    change,
    writer,
    own: filtered(compareBut(writer.reset, change, writer.shape), writer.reset),
    others: new Map(),
  };
}

/** What changes as a version has it; "missing" where there is no such version. */
export function changesIn({ change, writer, own, others }: Changes, apiVersion: string): Comparison | "missing" {
  if (apiVersion === writer.apiVersion) return own;
  let found = others.get(apiVersion);
  if (found === undefined) {
    const [live, now] = [writer.convert(change.live, apiVersion), writer.convert(change.now, apiVersion)];
    const isMissing = live === undefined || now === undefined;
    found = isMissing
      ? "missing"
      : filtered(compareBut(writer.reset, { live: live.object, now: now.object }, now.shape), writer.reset);
    others.set(apiVersion, found);
  }
  return found;
}

const nothing: Comparison = Object.freeze({});

function filtered(comparison: Comparison | undefined, reset: FieldSet): Comparison {
  if (comparison === undefined) return nothing;
  if (isEmpty(reset)) return comparison;
  const { removed, modified, added } = comparison;
  return {
    ...of("removed", removed, reset),
    ...of("modified", modified, reset),
    ...of("added", added, reset),
  };
}

function of(sort: keyof Comparison, set: FieldSet | undefined, reset: FieldSet): Comparison {
  const left = set === undefined ? undefined : recursiveDifference(set, reset);
  return left === undefined || isEmpty(left) ? nothing : { [sort]: left };
}
