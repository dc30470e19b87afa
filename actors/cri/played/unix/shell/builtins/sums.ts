import type { Builtin } from "../builtin.ts";
import { valueOfExpression } from "../expansion.ts";
import { shellComplains } from "../shell.ts";
import { textWord } from "../syntax.ts";

/** `let` does sums; it fails where the last one is 0. */
export const sums: Builtin = {
  names: ["let"],
  *run(shell, words) {
    if (words.length === 0) {
      yield* shellComplains(shell, "let: expression expected");
      return 1;
    }
    let value = "0";
    for (const word of words) value = yield* valueOfExpression(shell, textWord(word, true));
    return value === "0" ? 1 : 0;
  },
};
