import { type Failed, failed, type Ok, ok } from "../kit/result.ts";
import type { CriCode, CriFailure } from "./messages.ts";

/** The answer of a call that has nothing to tell. */
export const nothing: Ok<undefined> = ok(undefined);

/** The answer of a call that failed. */
export function failedCall(code: CriCode, message: string): Failed<CriFailure> {
  return failed({ code, message });
}

/** What goes wrong with a part of a volume: it can be neither found nor made, or leads to where nothing may be mounted. */
export type PartProblem = "create" | "prepare";

/** The answer to who wants such a part mounted: in a kubelet's words, which tell nothing of the computer's files. */
export function noPart(problem: PartProblem, volume: string, container: string): Failed<CriFailure> {
  const what = problem === "create" ? "create subPath directory" : "prepare subPath";
  const where = `volumeMount ${JSON.stringify(volume)} of container ${JSON.stringify(container)}`;
  return failedCall("INVALID_ARGUMENT", `failed to ${what} for ${where}`);
}

/** The answer to a call about a container that there is not. */
export function noContainer(id: string): Failed<CriFailure> {
  return failedCall("NOT_FOUND", `an error occurred when try to find container "${id}": not found`);
}
