import type { Address } from "../core/actor.ts";
import type { Permissions } from "../core/permissions.ts";

/** A child as data: what to start, under which name, and what to do when it ends. */
export interface ChildSpec {
  /** The last part of its address. */
  readonly name: string;
  /** The `kind` of its actor definition. */
  readonly kind: string;
  readonly input: unknown;
  /** `permanent` is always restarted, `transient` only after a crash, `temporary` never. Default `permanent`. */
  readonly restart?: "permanent" | "transient" | "temporary";
  /** More restarts than this within `windowMs` escalate: the parent crashes. Default 5. */
  readonly restartsMax?: number;
  /** Default 60,000. */
  readonly windowMs?: number;
  /** How long it may take to stop in good order before it is ended. Default 5,000. */
  readonly shutdownMs?: number;
  /** Narrows what the definition asks for. Default: all that the definition asks for. */
  readonly permissions?: Permissions;
  /** The heap limit of its worker in the thread host. Default: the host's. */
  readonly heapMaxMb?: number;
}

/** How an actor ended. */
export interface Exit {
  readonly crashed: boolean;
  readonly reason: string;
}

/** What is to be done about a child that ended. */
export type Verdict =
  | { readonly action: "restart"; readonly afterMs: number }
  | { readonly action: "leave" }
  | { readonly action: "escalate"; readonly reason: string };

/** The restarts of one child that a supervisor remembers. */
export interface RestartHistory {
  readonly restartsAtMs: number[];
}

const restartsMaxDefault = 5;
const windowMsDefault = 60_000;
const backoffFirstMs = 10;
const backoffMaxMs = 5_000;

/**
 * Decides about a child that ended, as an Erlang/OTP supervisor with a one-for-one strategy does, with exponential
 * backoff between restarts. Notes the restart in `history`.
 */
export function superviseExit(
  { spec, address }: { readonly spec: ChildSpec; readonly address: Address },
  exit: Exit,
  { history, uptimeMs }: { readonly history: RestartHistory; readonly uptimeMs: number },
): Verdict {
  const restart = spec.restart ?? "permanent";
  if (restart === "temporary" || (restart === "transient" && !exit.crashed)) return { action: "leave" };
  const restartsMax = spec.restartsMax ?? restartsMaxDefault;
  const windowMs = spec.windowMs ?? windowMsDefault;
  const recent = history.restartsAtMs.filter((atMs) => uptimeMs - atMs < windowMs);
  history.restartsAtMs.splice(0, Number.POSITIVE_INFINITY, ...recent, uptimeMs);
  if (recent.length >= restartsMax) {
    return {
      action: "escalate",
      reason: `Cannot restart actor "${address}": ${recent.length} restarts in ${windowMs} ms, the last end was: ${exit.reason}`,
    };
  }
  return { action: "restart", afterMs: Math.min(backoffFirstMs * 2 ** recent.length, backoffMaxMs) };
}
