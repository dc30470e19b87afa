import { AwkProblem } from "./lexer.ts";
import { unset, type Value } from "./values.ts";

/** An array: its elements by their keys. */
export type Elements = Map<string, Value>;

/** The variables of a call of a function, or those of the whole program. */
export interface Frame {
  readonly variables: Map<string, Value | Elements>;
  /** Whose variables parameters are that were nothing when they were given: they may become arrays, of both. */
  readonly lent: Map<string, { readonly frame: Frame; readonly name: string }>;
}

/** A frame without variables. */
export function createFrame(): Frame {
  return { variables: new Map(), lent: new Map() };
}

/** The array of a frame; makes what is nothing yet one. */
export function elementsIn(frame: Frame, name: string): Elements {
  const found = frame.variables.get(name);
  if (found instanceof Map) return found;
  if (found !== undefined && found !== unset) throw new AwkProblem(`${name} is no array`);
  const lender = frame.lent.get(name);
  const made: Elements = lender ? elementsIn(lender.frame, lender.name) : new Map();
  frame.variables.set(name, made);
  return made;
}
