import { print, readAll } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

/** Writes what of files can be read: rows of at least `-n` characters, by default four. */
export const strings: Program = {
  names: ["strings"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "n:afo");
    const most = Math.max(1, Number(flags.get("n") ?? 4) || 4);
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    for (const { name, file } of inputs) {
      for (const [text] of (yield* readAll(self, file)).matchAll(/[\t -~]+/g)) {
        if (text.length >= most) yield* print(self, `${flags.has("f") ? `${name}: ` : ""}${text}\n`);
      }
    }
    return hasFailed ? 1 : 0;
  },
};
