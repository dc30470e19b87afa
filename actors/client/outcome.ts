import type { Step } from "../../runtime/mod.ts";
import { decode, decodeList } from "../api/codec.ts";
import type { StatusReason } from "../api/status.ts";
import type { Frozen, KubeObject, Status } from "../api/types.ts";
import type { ApiResponse } from "../apiserver/messages.ts";
import { failed, lazily, type Result } from "../kit/result.ts";

/**
 * Why a request has no result: a reason of Kubernetes' own, or of the way there.
 *
 * - `notSent`: no server took it; it was not done
 * - `unknown`: no answer came; it may or may not have been done: look before trying again
 */
export type FailureReason = StatusReason | "notSent" | "unknown";

/** Why a request has no result. */
export interface Failure {
  /** The HTTP status code; 0 when no answer came. */
  readonly code: number;
  readonly reason: FailureReason;
  readonly message: string;
  /** What the server said, when it said something. */
  readonly status?: Frozen<Status>;
}

/** What came of a request. */
export type Outcome<T> = Result<T, Failure>;

/** What a request's outcome is handed to, in a later step. */
export type Then<T> = (outcome: Outcome<T>, step: Step) => void;

/** Reads a server's answer; most who write never look at what was written: it is decoded when somebody does. */
export function outcomeOf<T>({ code, body, items, status }: ApiResponse): Outcome<T> {
  if (status === undefined || status.status === "Success") {
    return lazily(() => (items ? decodeList(body, items) : decode<KubeObject>(body)) as T);
  }
  return failed({ code, reason: reasonOf(status, code), message: status.message ?? `HTTP ${code}`, status });
}

function reasonOf({ reason }: Frozen<Status>, code: number): FailureReason {
  if (reason) return reason as StatusReason;
  return code === 404 ? "NotFound" : code === 409 ? "Conflict" : "InternalError";
}

/** A failure without an answer. */
export function unanswered(reason: "notSent" | "unknown", message: string): Failure {
  return { code: 0, reason, message };
}

/** How long the server asks to wait, in milliseconds; undefined when it does not ask. */
export function retryAfterMs(failure: Failure): number | undefined {
  const seconds = failure.status?.details?.retryAfterSeconds;
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
}

/** Whether the server has not yet seen the version that was asked for (it answers 504 with this cause). */
export function isTooLargeVersion(failure: Failure): boolean {
  return failure.status?.details?.causes?.some(({ reason }) => reason === "ResourceVersionTooLarge") ?? false;
}

/** Whether the history that was asked for is gone: list again from the newest. */
export function isExpired(failure: Pick<Failure, "code" | "reason">): boolean {
  return failure.code === 410 || failure.reason === "Expired" || failure.reason === "Gone";
}
