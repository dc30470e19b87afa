import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { linesOf } from "./_inputs.ts";

/** Compares two files with sorted lines: what only the first has, only the second, and both, a column each. */
export const comm: Program = {
  names: ["comm"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "123");
    if (rest.length !== 2) {
      yield* complain(self, "usage: comm [-123] FILE1 FILE2");
      return 1;
    }
    const [one, two] = [yield* linesOf(self, rest.slice(0, 1)), yield* linesOf(self, rest.slice(1))];
    if (one.hasFailed || two.hasFailed) return 1;
    const indents = ["1", "2", "3"].map((_column, at) =>
      "\t".repeat(["1", "2"].slice(0, at).filter((before) => !flags.has(before)).length),
    );
    for (let [left, right] = [0, 0]; left < one.lines.length || right < two.lines.length; ) {
      const [a, b] = [one.lines[left], two.lines[right]];
      const column = b === undefined || (a !== undefined && a < b) ? 0 : a === undefined || b < a ? 1 : 2;
      if (column !== 1) left++;
      if (column !== 0) right++;
      if (!flags.has(String(column + 1))) yield* print(self, `${indents[column]}${column === 1 ? b : a}\n`);
    }
    return 0;
  },
};
