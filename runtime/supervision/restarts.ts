import type { Member } from "./tree.ts";

/** How a life ended. */
export interface Exit {
  readonly crashed: boolean;
  readonly reason: string;
  /**
   * The reason with its stack, for people. Actors are never told of it: where a file lies and how deep a host calls
   * is different on every machine.
   */
  readonly trace?: string;
}

/** The exit of a life whose logic threw this. */
export function exitOf(error: unknown): Exit {
  if (!(error instanceof Error)) return { crashed: true, reason: String(error) };
  const { message, stack } = error;
  return stack === undefined ? { crashed: true, reason: message } : { crashed: true, reason: message, trace: stack };
}

/** What is to be done about a child that ended. */
export type Verdict =
  | { readonly action: "restart"; readonly afterMs: number }
  | { readonly action: "leave" }
  | { readonly action: "escalate"; readonly reason: string };

const restartsMaxDefault = 5;
const windowMsDefault = 60_000;
const backoffFirstMs = 10;
const backoffMaxMs = 5_000;

/**
 * Decides about a child that ended, as an Erlang/OTP supervisor with a one-for-one strategy does, with exponential
 * backoff between restarts. Notes the restart in the child's history.
 */
export function judgeExit(
  { spec, address, restartsAtMs }: Pick<Member, "spec" | "address" | "restartsAtMs">,
  exit: Exit,
  uptimeMs: number,
): Verdict {
  const restart = spec.restart ?? "permanent";
  if (restart === "temporary" || (restart === "transient" && !exit.crashed)) return { action: "leave" };
  const restartsMax = spec.restartsMax ?? restartsMaxDefault;
  const windowMs = spec.windowMs ?? windowMsDefault;
  const recent = restartsAtMs.filter((atMs) => uptimeMs - atMs < windowMs);
  restartsAtMs.splice(0, Number.POSITIVE_INFINITY, ...recent, uptimeMs);
  if (recent.length >= restartsMax) {
    return {
      action: "escalate",
      reason: `Cannot restart actor "${address}": ${recent.length} restarts in ${windowMs} ms, the last end was: ${exit.trace ?? exit.reason}`,
    };
  }
  return { action: "restart", afterMs: Math.min(backoffFirstMs * 2 ** recent.length, backoffMaxMs) };
}
