import { badRequest, type Status } from "../../api/status.ts";
import type { Target } from "./target.ts";

const number = /^(\d+\.?\d*|\.\d+)/;
const units: ReadonlySet<string> = new Set(["ns", "us", "µs", "μs", "ms", "s", "m", "h"]);
/** What lasts as long as its client wants. */
const longParts: ReadonlySet<string> = new Set(["attach", "exec", "log", "portforward", "proxy"]);

/**
 * What is wrong with the `timeout` that a request's query names: a duration as Go writes it. Who asks for what lasts is
 * asked nothing of the kind.
 */
export function timeoutError(target: Target, query: Readonly<Record<string, string>>): Status | undefined {
  const { timeout = "" } = query;
  if (timeout === "" || isLong(target)) return undefined;
  const problem = durationProblem(timeout);
  return problem === undefined ? undefined : badRequest(`invalid timeout specified in the request URL - ${problem}`);
}

function isLong(target: Target): boolean {
  return target.kind === "resource" && (target.verb === "watch" || longParts.has(target.subresource ?? ""));
}

/** Why a text is no duration, in the words of Go's `time.ParseDuration`. */
function durationProblem(text: string): string | undefined {
  const quoted = JSON.stringify(text);
  let left = text.replace(/^[+-]/, "");
  if (left === "0") return undefined;
  if (left === "") return `time: invalid duration ${quoted}`;
  while (left !== "") {
    const [digits] = number.exec(left) ?? [];
    if (digits === undefined) return `time: invalid duration ${quoted}`;
    left = left.slice(digits.length);
    const [unit = ""] = /^[^.\d]*/.exec(left) ?? [];
    if (unit === "") return `time: missing unit in duration ${quoted}`;
    if (!units.has(unit)) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    left = left.slice(unit.length);
  }
  return undefined;
}
