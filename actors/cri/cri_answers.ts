import { type Failed, failed, type Ok, ok } from "../kit/result.ts";
import type { CriCode, CriFailure } from "./messages.ts";

/** The answer of a call that has nothing to tell. */
export const nothing: Ok<undefined> = ok(undefined);

/** The answer of a call that failed. */
export function failedCall(code: CriCode, message: string): Failed<CriFailure> {
  return failed({ code, message });
}

/** The answer to a call about a container that there is not. */
export function noContainer(id: string): Failed<CriFailure> {
  return failedCall("NOT_FOUND", `an error occurred when try to find container "${id}": not found`);
}
