import type { FaultAction } from "./fault.ts";
import type { BoundFault, FaultKind } from "./kind.ts";
import { all } from "./kinds/all.ts";

/** A fault as it comes from a file or a person: nobody has looked at it yet. */
export interface GivenFault {
  readonly kind: string;
  readonly parameters: unknown;
  readonly forMs?: number;
}

const kinds = new Map<string, FaultKind>(all.map((kind) => [kind.kind, kind]));

/**
 * A fault, ready to strike.
 *
 * @throws Error when there is no such kind, or its parameters are not what it wants
 */
export function bindFault({ kind: name, parameters }: GivenFault): BoundFault {
  const kind = kinds.get(name);
  if (!kind)
    throw new Error(`Cannot inject fault "${name}": there is no such kind, use one of ${[...kinds.keys()].join(", ")}`);
  return kind.bind(parameters);
}

/**
 * Looks at what was given, and gives it back as the action that it is.
 *
 * @throws Error as `bindFault` does
 */
export function parseFault(given: GivenFault): FaultAction {
  if (isAction(given)) return given;
  throw new Error(
    `Cannot inject fault "${given.kind}": forMs is ${given.forMs}, give a number of milliseconds above 0`,
  );
}

function isAction(given: GivenFault): given is FaultAction {
  bindFault(given);
  return given.forMs === undefined || given.forMs > 0;
}
