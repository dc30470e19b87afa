import type { Amounts } from "./amounts.ts";
import { countName, type Evaluator, one } from "./evaluator.ts";

/** What quotas called some kinds before every kind could be counted. */
const aliases: ReadonlySet<string> = new Set(["configmaps", "resourcequotas", "replicationcontrollers", "secrets"]);

/** Counts objects, whatever is in them. */
export function objectCount(resource: string): Evaluator {
  const names = aliases.has(resource) ? [countName(resource), resource] : [countName(resource)];
  const usage: Amounts = new Map(names.map((name) => [name, one]));
  return {
    resource,
    tracks: (name) => names.includes(name),
    usage: () => usage,
    isInScope: () => false,
    missing: () => undefined,
  };
}
