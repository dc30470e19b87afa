import { print, readSome } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

/** Writes what files have in them. */
export const cat: Program = {
  names: ["cat"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "nu");
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    let number = 0;
    let isAtStart = true;
    for (const { file } of inputs) {
      for (let bytes = yield* readSome(self, file); bytes !== ""; bytes = yield* readSome(self, file)) {
        if (!flags.has("n")) {
          yield* print(self, bytes);
          continue;
        }
        let numbered = "";
        for (const line of bytes.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
          numbered += isAtStart ? `${String(++number).padStart(6)}\t${line}` : line;
          isAtStart = line.endsWith("\n");
        }
        yield* print(self, numbered);
      }
    }
    return hasFailed ? 1 : 0;
  },
};
