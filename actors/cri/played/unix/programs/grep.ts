import { complain, print, programName, readAll } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Program } from "../kernel/process.ts";
import { type Expression, parseExpression, search } from "../patterns/expression.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf, splitLines } from "./_inputs.ts";

/** Finds lines. */
export const grep: Program = {
  names: ["grep", "egrep", "fgrep"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "ivqcnolEFswxhHe:m:", { quiet: "q" });
    const names = flags.has("e") ? rest : rest.slice(1);
    const pattern = flags.get("e") ?? rest[0];
    const isFixed = flags.has("F") || programName(self) === "fgrep";
    const isExtended = flags.has("E") || programName(self) === "egrep";
    const options = { isFixed, isExtended, isFolded: flags.has("i"), isWhole: flags.has("x") };
    const expressions = (pattern ?? "").split("\n").map((each) => parseExpression(each, options));
    if (pattern === undefined || expressions.includes(undefined)) {
      yield* complain(self, pattern === undefined ? "missing pattern" : `bad regex '${pattern}'`);
      return 2;
    }
    const { inputs, hasFailed } = yield* inputsOf(self, names);
    const most = Number(flags.get("m") ?? Number.POSITIVE_INFINITY);
    const hasName = (inputs.length > 1 && !flags.has("h")) || flags.has("H");
    let isFound = false;
    for (const { name, file } of inputs) {
      const prefix = hasName ? `${name}:` : "";
      let count = 0;
      for (const [index, line] of splitLines(yield* readAll(self, file)).entries()) {
        if (self.kernel.spend(1 + line.length / 16)) yield turn;
        const places = placesIn(line, expressions as Expression[], flags);
        if (places.length > 0 === flags.has("v")) continue;
        count++;
        isFound = true;
        if (flags.has("q")) return 0;
        const number = flags.has("n") ? `${index + 1}:` : "";
        if (flags.has("c") || flags.has("l")) continue;
        if (!flags.has("o")) yield* print(self, `${prefix}${number}${line}\n`);
        else for (const [from, to] of places) yield* print(self, `${prefix}${number}${line.slice(from, to)}\n`);
        if (count >= most) break;
      }
      if (flags.has("c")) yield* print(self, `${prefix}${count}\n`);
      if (flags.has("l") && count > 0) yield* print(self, `${name}\n`);
    }
    return hasFailed ? 2 : isFound ? 0 : 1;
  },
};

/** So often a line is looked at again behind a place that was not meant. */
const triesMax = 1_000;

type Place = readonly [from: number, to: number];

function placesIn(line: string, expressions: readonly Expression[], flags: ReadonlyMap<string, string>): Place[] {
  const isWordAt = (at: number) => /\w/.test(line[at] ?? "");
  const found: Place[] = [];
  for (const expression of expressions) {
    for (let [from, tries] = [0, 0]; from <= line.length && tries < triesMax; tries++) {
      const place = search(expression, line, from);
      if (!place) break;
      const [start, end] = place;
      const isMeant = !flags.has("w") || !(isWordAt(start - 1) || isWordAt(end));
      if (isMeant) {
        found.push(place);
        if (!flags.has("o")) return found;
      }
      from = end > start && isMeant ? end : start + 1;
    }
  }
  return found.filter(([start, end]) => end > start || !flags.has("o"));
}
