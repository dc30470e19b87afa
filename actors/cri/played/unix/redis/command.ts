import type { Reply } from "./resp.ts";
import type { Store, ValueOf, ValueType, ValueTypes } from "./store.ts";

/** What a command works on. */
export interface Context {
  readonly store: Store;
  /** By the wall clock. */
  nowMs(): number;
  random(below: number): number;
}

/** A command: its answer from its words, the first of which is its name. */
export interface Command {
  /** How many words it has, at least when it is negative. */
  readonly arity: number;
  /** It changes something. */
  readonly isWrite: boolean;
  run(context: Context, words: readonly string[]): Reply;
}

/** Ends a command with an error. */
export class CommandError extends Error {}

export const wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";

/** The value of a key, which must be of a type when it is there. */
export function heldOf<Type extends ValueType>(
  { store }: Context,
  key: string,
  type: Type,
): ValueTypes[Type] | undefined {
  const found = store.get(key);
  if (!found) return undefined;
  if (!isOfType(found, type)) throw new CommandError(wrongType);
  return found.value;
}

function isOfType<Type extends ValueType>(value: ValueOf<ValueType>, type: Type): value is ValueOf<Type> {
  return value.type === type;
}

/** A whole number, or the error that it is none. */
export function integer(text: string | undefined): number {
  if (text === undefined || !/^-?\d{1,18}$/.test(text))
    throw new CommandError("ERR value is not an integer or out of range");
  return Number(text);
}

/** A number, or the error that it is none. */
export function float(text: string | undefined): number {
  const found = /^[+-]?inf(inity)?$/i.test(text ?? "") ? (text?.startsWith("-") ? -Infinity : Infinity) : Number(text);
  if (text === undefined || text === "" || Number.isNaN(found))
    throw new CommandError("ERR value is not a valid float");
  return found;
}

/** How a number is shown. */
export function numberText(value: number): string {
  if (value === Infinity) return "inf";
  return value === -Infinity ? "-inf" : String(value);
}

/** The part of a list between two places, which may count from its end. */
export function slice<Item>(list: readonly Item[], from: number, to: number): Item[] {
  const start = from < 0 ? Math.max(0, list.length + from) : from;
  return list.slice(start, (to < 0 ? list.length + to : to) + 1);
}
