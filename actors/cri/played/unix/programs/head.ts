import { print, readSome } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

/** Writes the beginning of files. */
export const head: Program = {
  names: ["head"],
  *run(self) {
    // The old way to say so many lines: `-3`.
    self.argv = self.argv.flatMap((word) => (/^-\d+$/.test(word) ? ["-n", word.slice(1)] : [word]));
    const { flags, rest } = yield* argumentsOf(self, "n:c:qv");
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    for (const [index, { name, file }] of inputs.entries()) {
      if (inputs.length > 1 && !flags.has("q")) yield* print(self, `${index > 0 ? "\n" : ""}==> ${name} <==\n`);
      let lines = Number(flags.get("n") ?? 10);
      let bytes = flags.has("c") ? Number(flags.get("c")) : Number.POSITIVE_INFINITY;
      if (flags.has("c")) lines = Number.POSITIVE_INFINITY;
      while (lines > 0 && bytes > 0) {
        const piece = yield* readSome(self, file);
        if (piece === "") break;
        let end = 0;
        while (lines > 0 && end < Math.min(piece.length, bytes)) {
          const lineEnd = piece.indexOf("\n", end);
          end = lineEnd < 0 ? piece.length : lineEnd + 1;
          if (lineEnd >= 0) lines--;
        }
        yield* print(self, piece.slice(0, Math.min(end, bytes)));
        bytes -= end;
      }
    }
    return hasFailed ? 1 : 0;
  },
};
