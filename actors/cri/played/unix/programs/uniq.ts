import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { linesOf } from "./_inputs.ts";

/** Leaves out lines that are like the one before. */
export const uniq: Program = {
  names: ["uniq"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "cdu");
    const { lines, hasFailed } = yield* linesOf(self, rest.slice(0, 1));
    for (let at = 0; at < lines.length; ) {
      const line = lines[at] ?? "";
      let count = 1;
      while (lines[at + count] === line) count++;
      at += count;
      if ((flags.has("d") && count === 1) || (flags.has("u") && count > 1)) continue;
      yield* print(self, `${flags.has("c") ? `${String(count).padStart(7)} ` : ""}${line}\n`);
    }
    return hasFailed ? 1 : 0;
  },
};
