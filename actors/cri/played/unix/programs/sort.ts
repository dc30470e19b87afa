import { print } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { linesOf } from "./_inputs.ts";

/** Sorts lines, by their bytes or their numbers. */
export const sort: Program = {
  names: ["sort"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "nrufbt:k:hV");
    const { lines, hasFailed } = yield* linesOf(self, rest);
    if (self.kernel.spend(lines.length / 4)) yield turn;
    const separator = flags.get("t");
    const [, first, last] = /^(\d+)(?:[nr]*)?(?:,(\d+))?/.exec(flags.get("k") ?? "") ?? [];
    const isNumeric = ["n", "h", "V"].some((flag) => flags.has(flag)) || /n/.test(flags.get("k") ?? "");
    const keyOf = (line: string): string => {
      if (first === undefined) return flags.has("b") ? line.trimStart() : line;
      const fields = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
      return fields.slice(Number(first) - 1, last === undefined ? undefined : Number(last)).join(separator ?? " ");
    };
    const folded = (text: string) => (flags.has("f") ? text.toUpperCase() : text);
    const keyed = lines.map((line) => ({ line, key: folded(keyOf(line)) }));
    const sign = flags.has("r") || /r/.test(flags.get("k") ?? "") ? -1 : 1;
    const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
    const byKey = (a: string, b: string) => (isNumeric ? numberOf(a) - numberOf(b) : byText(a, b));
    keyed.sort((a, b) => sign * (byKey(a.key, b.key) || (flags.has("u") ? 0 : byText(a.line, b.line))));
    let before: string | undefined;
    for (const { line, key } of keyed) {
      if (flags.has("u") && before !== undefined && byKey(before, key) === 0) continue;
      before = key;
      yield* print(self, `${line}\n`);
    }
    return hasFailed ? 1 : 0;
  },
};

function numberOf(text: string): number {
  return Number.parseFloat(text) || 0;
}
