import { baseline } from "./baseline.ts";
import type { Check, Checked, Violation } from "./check.ts";
import type { LevelVersion } from "./levels.ts";
import { restricted } from "./restricted.ts";

/** The newest version whose rules are known. */
const newest = 34;

/** What of a pod a level forbids; those of the lower level come first. */
export function violationsOf(pod: Checked, { level, minor = newest }: LevelVersion): Violation[] {
  if (level === "privileged") return [];
  const version = Math.min(minor, newest);
  const holds = ({ since = 0 }: Check) => since <= version;
  const strict = level === "restricted" ? restricted.filter(holds) : [];
  const overridden = new Set(strict.map(({ overrides }) => overrides));
  const checks = [...baseline.filter((check) => holds(check) && !overridden.has(check.id)), ...strict];
  return checks.flatMap((check) => check.of(pod, version) ?? []);
}

/** All of it as one text. */
export function violationsText(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(", ");
}
