import type { Address } from "../core/actor.ts";

/**
 * What one parameter of a fault can be. A kind of fault says this once: its type in plans and scripts, and the check of
 * what a file or a person gives, both come from here.
 */
export interface Parameter<Value = unknown, IsNeeded extends boolean = boolean> {
  readonly isNeeded: IsNeeded;
  /** What is accepted, for people: `a whole number from 0 to 100`. */
  readonly wanted: string;
  accepts(value: unknown): value is Value;
}

/** The parameters of a kind of fault, by name. */
export type Shape = Readonly<Record<string, Parameter>>;

type NeededOf<S extends Shape> = { [Key in keyof S]: S[Key]["isNeeded"] extends true ? Key : never }[keyof S];
type ValueOf<P> = P extends Parameter<infer Value> ? Value : never;

/** What a fault of this shape is told. */
export type ValuesOf<S extends Shape> = { readonly [Key in NeededOf<S>]: ValueOf<S[Key]> } & {
  readonly [Key in Exclude<keyof S, NeededOf<S>>]?: ValueOf<S[Key]>;
};

function parameter<Value>(wanted: string, accepts: (value: unknown) => value is Value): Parameter<Value, true> {
  return { isNeeded: true, wanted, accepts };
}

/** The address of one actor. */
export const actor = (): Parameter<Address, true> =>
  parameter("the address of one actor", (value): value is Address => isText(value));

/** Addresses of actors, each with all that is below it; `"*"` is every actor. */
export const actors = (): Parameter<readonly Address[], true> =>
  parameter('a list of addresses of actors, or ["*"] for all', (value): value is readonly Address[] => areTexts(value));

/** Any name: of a device, say. */
export const name = (): Parameter<string, true> => parameter("a name", isText);

/** Names: of types of messages, say. */
export const names = (): Parameter<readonly string[], true> => parameter("a list of names", areTexts);

/** A whole number between two bounds, both included; a parameter's own name says the unit. */
export const whole = (min: number, max: number): Parameter<number, true> =>
  parameter(
    `a whole number from ${min} to ${max}`,
    (value): value is number => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  );

/** A probability. */
export const share = (): Parameter<number, true> =>
  parameter("a number from 0 to 1", (value): value is number => typeof value === "number" && value >= 0 && value <= 1);

/** Yes or no. */
export const flag = (): Parameter<boolean, true> =>
  parameter("true or false", (value): value is boolean => typeof value === "boolean");

/** Parameters that belong together. */
export function group<S extends Shape>(shape: S): Parameter<ValuesOf<S>, true> {
  const wanted = Object.entries(shape).map(([key, { wanted: each }]) => `${key}: ${each}`);
  return parameter(`{ ${wanted.join(", ")} }`, (value): value is ValuesOf<S> => misfit(shape, value) === undefined);
}

/** A parameter that may be left out. */
export function optional<Value>({ wanted, accepts }: Parameter<Value, true>): Parameter<Value, false> {
  return { isNeeded: false, wanted, accepts };
}

/** What is wrong with values for a shape, for people; nothing if they fit. */
export function misfit(shape: Shape, values: unknown): string | undefined {
  if (!isRecord(values)) return `${JSON.stringify(values)} is no object with ${Object.keys(shape).join(", ")}`;
  for (const [key, { isNeeded, wanted, accepts }] of Object.entries(shape)) {
    const value = values[key];
    if (value === undefined ? isNeeded : !accepts(value))
      return `its ${key} is ${JSON.stringify(value) ?? "missing"}, give ${wanted}`;
  }
  const unknown = Object.keys(values).find((key) => !(key in shape));
  return unknown === undefined ? undefined : `it has no ${unknown}, only ${Object.keys(shape).join(", ")}`;
}

/** Whether values fit a shape. */
export function fits<S extends Shape>(shape: S, values: unknown): values is ValuesOf<S> {
  return misfit(shape, values) === undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
