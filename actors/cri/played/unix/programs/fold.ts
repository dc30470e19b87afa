import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { linesOf } from "./_inputs.ts";

/** Breaks long lines: at `-w` columns, with `-s` behind the last space that is in them. */
export const fold: Program = {
  names: ["fold"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "w:sb");
    const width = Math.max(1, Number(flags.get("w") ?? 80) || 80);
    const { lines, hasFailed } = yield* linesOf(self, rest);
    for (const line of lines) {
      let left = line;
      while (left.length > width) {
        const space = flags.has("s") ? left.lastIndexOf(" ", width - 1) : -1;
        const at = space < 0 ? width : space + 1;
        yield* print(self, `${left.slice(0, at)}\n`);
        left = left.slice(at);
      }
      yield* print(self, `${left}\n`);
    }
    return hasFailed ? 1 : 0;
  },
};
