import type { CriAnswer } from "./messages.ts";

/** The answer of a call that has nothing to tell. */
export const doneCall: CriAnswer = { ok: true };

/** The answer of a call that failed. */
export function failedCall(code: Extract<CriAnswer, { ok: false }>["code"], message: string): CriAnswer {
  return { ok: false, code, message };
}

/** The answer to a call about a container that there is not. */
export function noContainer(id: string): CriAnswer {
  return failedCall("NOT_FOUND", `an error occurred when try to find container "${id}": not found`);
}
