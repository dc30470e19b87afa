import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { linesOf } from "./_inputs.ts";

type Range = readonly [from: number, to: number];

/** Cuts parts out of lines. */
export const cut: Program = {
  names: ["cut"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "d:f:c:b:s");
    const list = flags.get("f") ?? flags.get("c") ?? flags.get("b");
    const ranges = list === undefined ? undefined : rangesOf(list);
    if (!ranges) {
      yield* complain(
        self,
        list === undefined ? "expected a list of bytes, characters, or fields" : `invalid list '${list}'`,
      );
      return 1;
    }
    const { lines, hasFailed } = yield* linesOf(self, rest);
    const delimiter = flags.get("d") ?? "\t";
    for (const line of lines) {
      if (!flags.has("f")) yield* print(self, `${pick([...line], ranges).join("")}\n`);
      else if (line.includes(delimiter)) yield* print(self, `${pick(line.split(delimiter), ranges).join(delimiter)}\n`);
      else if (!flags.has("s")) yield* print(self, `${line}\n`);
    }
    return hasFailed ? 1 : 0;
  },
};

function rangesOf(list: string): Range[] | undefined {
  const ranges: Range[] = [];
  for (const part of list.split(",")) {
    const [, from, dash, to] = /^(\d*)(-?)(\d*)$/.exec(part) ?? [];
    if (dash === undefined || part === "" || part === "-") return undefined;
    const first = from === "" ? 1 : Number(from);
    ranges.push([first, dash === "" ? first : to === "" ? Number.POSITIVE_INFINITY : Number(to)]);
  }
  return ranges;
}

function pick(pieces: readonly string[], ranges: readonly Range[]): string[] {
  return pieces.filter((_piece, index) => ranges.some(([from, to]) => index + 1 >= from && index + 1 <= to));
}
