import { print, programName, readAll } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { inputsOf, splitLines } from "./_inputs.ts";

const linesMax = 4_000;
const around = 3;

/** Says in what two files differ: `diff` by lines, in the unified form, `cmp` by the first byte. */
export const diff: Program = {
  names: ["diff", "cmp"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "uqsNabBiwtTU:");
    const [left = "-", right = "-"] = rest;
    const { inputs, hasFailed } = yield* inputsOf(self, [left, right]);
    const [one, two] = inputs;
    if (hasFailed || !one || !two) return 2;
    const [a, b] = [yield* readAll(self, one.file), yield* readAll(self, two.file)];
    if (a === b) {
      if (flags.has("s") && programName(self) === "diff")
        yield* print(self, `Files ${left} and ${right} are identical\n`);
      return 0;
    }
    if (programName(self) === "cmp") return yield* firstByte(self, { left, right, a, b, isQuiet: flags.has("s") });
    if (flags.has("q")) yield* print(self, `Files ${left} and ${right} differ\n`);
    else yield* print(self, `--- ${left}\n+++ ${right}\n${hunks(changes(splitLines(a), splitLines(b)))}`);
    return 1;
  },
};

interface Differing {
  readonly left: string;
  readonly right: string;
  readonly a: string;
  readonly b: string;
  readonly isQuiet: boolean;
}

function* firstByte(self: Process, { left, right, a, b, isQuiet }: Differing): Running {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const line = a.slice(0, at).split("\n").length;
  if (!isQuiet) yield* print(self, `${left} ${right} differ: char ${at + 1}, line ${line}\n`);
  return 1;
}

/** A line of both, of the first, or of the second. */
type Change = readonly [mark: " " | "-" | "+", line: string];

/** What has to be left out and added, by a longest common subsequence. */
function changes(a: readonly string[], b: readonly string[]): Change[] {
  if (a.length > linesMax || b.length > linesMax)
    return [...a.map((line) => ["-", line] as const), ...b.map((line) => ["+", line] as const)];
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i];
    if (!row) continue;
    for (let j = b.length - 1; j >= 0; j--)
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const made: Change[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && a[i] === b[j]) {
      made.push([" ", a[i++] ?? ""]);
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) made.push(["-", a[i++] ?? ""]);
    else made.push(["+", b[j++] ?? ""]);
  }
  return made;
}

/** Changes with a few lines around them. */
function hunks(all: readonly Change[]): string {
  let text = "";
  let from = 0;
  while (from < all.length) {
    const first = all.findIndex(([mark], at) => at >= from && mark !== " ");
    if (first < 0) break;
    let end = first;
    for (let at = first; at < all.length && at <= end + 2 * around; at++) if (all[at]?.[0] !== " ") end = at;
    const begin = Math.max(from, first - around);
    const shown = all.slice(begin, end + around + 1);
    const before = all.slice(0, begin);
    const range = (other: "-" | "+") => {
      const size = shown.filter(([mark]) => mark !== other).length;
      const start = before.filter(([mark]) => mark !== other).length + (size > 0 ? 1 : 0);
      return size === 1 ? String(start) : `${start},${size}`;
    };
    text += `@@ -${range("+")} +${range("-")} @@\n${shown.map(([mark, line]) => `${mark}${line}\n`).join("")}`;
    from = end + around + 1;
  }
  return text;
}
