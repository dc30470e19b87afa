import type { Frozen, KubeObject } from "../types.ts";
import type { Amounts } from "./amounts.ts";

/** A condition of a quota on what it counts. */
export interface ScopeSelector {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** How objects of one resource count against quotas. */
export interface Evaluator {
  /** `pods`, `deployments.apps`. */
  readonly resource: string;
  /** Whether a change of the object can use more; a new object always does. Default false. */
  readonly countsUpdates?: boolean;
  /** Whether it measures what a quota limits under a name. */
  tracks(name: string): boolean;
  /** What an object uses. */
  usage(object: Frozen<KubeObject>, nowMs: number): Amounts;
  /** Whether an object is within a scope. */
  isInScope(object: Frozen<KubeObject>, selector: ScopeSelector): boolean;
  /** What an object must say, for what is limited, and does not: the end of `must specify ...`. */
  missing(object: Frozen<KubeObject>, limited: readonly string[]): string | undefined;
}

/** What one whole thing counts. */
export const one = { nanos: 1_000_000_000n, format: "DecimalSI" } as const;

/** The name under which quotas count objects of a resource. */
export function countName(resource: string): string {
  return `count/${resource}`;
}

/** Whether what a scope asks for is a value that was named: `value` is undefined where an object has none. */
export function matchesValue({ operator, values = [] }: ScopeSelector, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "DoesNotExist":
      return value === undefined;
    default:
      return value !== undefined;
  }
}
