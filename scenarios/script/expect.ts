import { inspect, isDeepStrictEqual } from "node:util";

/** What was expected was not what was seen. `eventually` looks again, anywhere else it fails the step. */
export class ExpectationError extends Error {
  readonly expected: string;
  readonly seen: string;
  constructor(what: string, { expected, seen }: { readonly expected: string; readonly seen: unknown }) {
    const shown = shownAs(seen);
    super(`Expected ${what} to ${expected}, saw ${shown}`);
    this.name = "ExpectationError";
    this.expected = `${what} to ${expected}`;
    this.seen = shown;
  }
}

/** What can be expected of a value; each throws an `ExpectationError` when it is not so. */
export interface Expectation<T> {
  /** The very same, by `Object.is`. */
  toBe(expected: T): void;
  /** The same in structure. */
  toEqual(expected: T): void;
  toBeAtLeast(expected: T & number): void;
  toBeAtMost(expected: T & number): void;
  /** An item of a list, or a piece of a text. */
  toContain(expected: T extends readonly (infer Item)[] ? Item : string): void;
  toMatch(expected: RegExp): void;
}

/**
 * Says what a value has to be.
 *
 * @param what the value in words, for the report of a failure
 *
 * @example
 * expect(deployment.status.availableReplicas, "available replicas").toBe(3)
 */
export function expect<T>(seen: T, what = "the value"): Expectation<T> {
  const hold = (isHeld: boolean, expected: string) => {
    if (!isHeld) throw new ExpectationError(what, { expected, seen });
  };
  return {
    toBe: (expected) => hold(Object.is(seen, expected), `be ${shownAs(expected)}`),
    toEqual: (expected) => hold(isDeepStrictEqual(seen, expected), `equal ${shownAs(expected)}`),
    toBeAtLeast: (expected) => hold(Number(seen) >= expected, `be at least ${expected}`),
    toBeAtMost: (expected) => hold(Number(seen) <= expected, `be at most ${expected}`),
    toContain: (expected) => hold(contains(seen, expected), `contain ${shownAs(expected)}`),
    toMatch: (expected) => hold(typeof seen === "string" && expected.test(seen), `match ${expected}`),
  };
}

function contains(seen: unknown, expected: unknown): boolean {
  if (typeof seen === "string") return seen.includes(String(expected));
  return Array.isArray(seen) && seen.some((item) => isDeepStrictEqual(item, expected));
}

function shownAs(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: 100, sorted: true });
}
