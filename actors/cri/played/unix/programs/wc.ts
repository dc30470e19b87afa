import { print, readAll } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf } from "./_inputs.ts";

/** Counts lines, words and bytes. */
export const wc: Program = {
  names: ["wc"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "lwcmL");
    const { inputs, hasFailed } = yield* inputsOf(self, rest);
    const kinds = ["l", "w", "c"].filter(
      (kind) => flags.size === 0 || flags.has(kind) || (kind === "c" && flags.has("m")),
    );
    const totals = [0, 0, 0];
    const tell = (counts: readonly number[], name: string) => {
      const shown = kinds.map((kind) => String(counts["lwc".indexOf(kind)] ?? 0));
      const numbers = kinds.length === 1 ? shown.join("") : shown.map((text) => text.padStart(9)).join(" ");
      return `${numbers}${name === "" ? "" : ` ${name}`}\n`;
    };
    for (const { name, file } of inputs) {
      const text = yield* readAll(self, file);
      const counts = [text.split("\n").length - 1, text.match(/\S+/g)?.length ?? 0, text.length];
      for (const [index, count] of counts.entries()) totals[index] = (totals[index] ?? 0) + count;
      yield* print(self, tell(counts, rest.length === 0 ? "" : name));
    }
    if (rest.length > 1) yield* print(self, tell(totals, "total"));
    return hasFailed ? 1 : 0;
  },
};
