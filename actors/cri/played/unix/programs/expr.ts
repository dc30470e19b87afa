import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { calculate } from "./_expression_words.ts";

/** Calculates with numbers and texts, a word for each operand and operator. Source: POSIX, expr. */
export const expr: Program = {
  names: ["expr"],
  *run(self) {
    const outcome = calculate(self.argv.slice(1));
    if (!outcome.ok) {
      yield* complain(self, outcome.error);
      return 2;
    }
    yield* print(self, `${outcome.value}\n`);
    return /^-?0*$/.test(outcome.value) ? 1 : 0;
  },
};
