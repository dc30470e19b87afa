import { complain, print } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Counts. */
export const seq: Program = {
  names: ["seq"],
  *run(self) {
    // A negative number is no flag.
    const isNumber = (word: string | undefined) => /^-?(\d+\.?\d*|\.\d+)$/.test(word ?? "");
    const at = self.argv.findIndex((word, index) => index > 0 && isNumber(word) && self.argv[index - 1] !== "-s");
    const words = at < 0 ? [] : self.argv.slice(at);
    self.argv = at < 0 ? self.argv : self.argv.slice(0, at);
    const { flags, rest } = yield* argumentsOf(self, "s:w");
    const bad = rest[0] ?? words.find((word) => !isNumber(word));
    if (bad !== undefined || words.length === 0 || words.length > 3) {
      yield* complain(self, `invalid number '${bad ?? ""}'`);
      return 1;
    }
    const [first = "1", step = "1", last = "1"] =
      words.length === 1 ? ["1", "1", words[0]] : words.length === 2 ? [words[0], "1", words[1]] : words;
    const digits = Math.max(...[first, step].map((word) => word.split(".")[1]?.length ?? 0));
    const [from, by, to] = [Number(first), Number(step), Number(last)];
    if (by === 0) return 1;
    const width = flags.has("w") ? Math.max(from.toFixed(digits).length, to.toFixed(digits).length) : 0;
    const separator = flags.get("s") ?? "\n";
    let text = "";
    for (let turns = 0; ; turns++) {
      const number = from + turns * by;
      if (by > 0 ? number > to : number < to) break;
      text += (turns > 0 ? separator : "") + number.toFixed(digits).padStart(width, "0");
      if (text.length > 4_096) {
        yield* print(self, text);
        text = "";
      }
      if (self.kernel.spend(0.2)) yield turn;
    }
    if (by > 0 ? from <= to : from >= to) yield* print(self, `${text}\n`);
    return 0;
  },
};
