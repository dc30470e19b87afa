import type { Builtin } from "../builtin.ts";

/** `eval` runs its words as a script. */
export const evalText: Builtin = {
  names: ["eval"],
  *run(shell, words) {
    return words.length === 0 ? 0 : yield* shell.evaluator.runText(shell, words.join(" "));
  },
};
