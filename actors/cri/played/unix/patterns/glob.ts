import { ownValue } from "../../../../api/types.ts";

/** A character of a pattern of the shell. */
type Element =
  | { readonly kind: "one"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "many" }
  | { readonly kind: "class"; readonly isNegated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** A pattern of the shell: `*.log`, `[a-c]?`. */
export type Glob = readonly Element[];

/** A piece of a pattern; what is quoted stands for itself. */
export interface GlobPiece {
  readonly text: string;
  readonly isQuoted: boolean;
}

const classes: Readonly<Record<string, string>> = {
  alnum: "azAZ09",
  alpha: "azAZ",
  blank: "  \t\t",
  digit: "09",
  lower: "az",
  punct: "!/:@[`{~",
  space: "  \t\r",
  upper: "AZ",
  xdigit: "09afAF",
};

/** Parses a pattern. */
export function parseGlob(pieces: readonly GlobPiece[]): Glob {
  const elements: Element[] = [];
  for (const { text, isQuoted } of pieces) {
    for (let at = 0; at < text.length; at++) {
      const char = text[at] ?? "";
      if (isQuoted) elements.push({ kind: "one", char });
      else if (char === "?") elements.push({ kind: "any" });
      else if (char === "*") {
        if (elements.at(-1)?.kind !== "many") elements.push({ kind: "many" });
      } else if (char === "\\" && at + 1 < text.length) elements.push({ kind: "one", char: text[++at] ?? "" });
      else {
        const found = char === "[" ? parseClass(text, at) : undefined;
        elements.push(found?.element ?? { kind: "one", char });
        if (found) at = found.end;
      }
    }
  }
  return elements;
}

function parseClass(text: string, from: number): { readonly element: Element; readonly end: number } | undefined {
  const isNegated = text[from + 1] === "!" || text[from + 1] === "^";
  const first = from + (isNegated ? 2 : 1);
  const ranges: [string, string][] = [];
  for (let at = first; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "]" && at > first) return { element: { kind: "class", isNegated, ranges }, end: at };
    const [named, name = ""] = /^\[:(\w+):\]/.exec(text.slice(at, at + 12)) ?? [];
    if (named !== undefined) {
      const bounds = ownValue(classes, name) ?? "";
      for (let each = 0; each < bounds.length; each += 2) ranges.push([bounds[each] ?? "", bounds[each + 1] ?? ""]);
      at += named.length - 1;
    } else if (text[at + 1] === "-" && at + 2 < text.length && text[at + 2] !== "]") {
      ranges.push([char, text[at + 2] ?? ""]);
      at += 2;
    } else ranges.push([char, char]);
  }
  return undefined;
}

/** Whether a pattern has anything that stands for more than itself. */
export function isPattern(glob: Glob): boolean {
  return glob.some(({ kind }) => kind !== "one");
}

/** Whether a text is what a pattern says, as a whole. */
export function matches(glob: Glob, text: string): boolean {
  let [at, element] = [0, 0];
  let [restAt, restElement] = [-1, -1];
  // Of two `*` only the later one has to be tried again, so that this is never longer than the text times the pattern.
  while (at < text.length) {
    const each = glob[element];
    if (each?.kind === "many") {
      [restElement, restAt] = [element++, at];
    } else if (each && takes(each, text[at] ?? "")) {
      at++;
      element++;
    } else if (restElement >= 0) {
      element = restElement + 1;
      at = ++restAt;
    } else return false;
  }
  while (glob[element]?.kind === "many") element++;
  return element === glob.length;
}

/** The lengths of the shortest and the longest beginning of a text that a pattern matches. */
export function prefixesOf(
  glob: Glob,
  text: string,
): { readonly shortest: number; readonly longest: number } | undefined {
  let states = closed(glob, [0]);
  let shortest = -1;
  let longest = -1;
  for (let at = 0; ; at++) {
    if (states.at(-1) === glob.length) {
      if (shortest < 0) shortest = at;
      longest = at;
    }
    if (at === text.length || states.length === 0) break;
    const char = text[at] ?? "";
    const next: number[] = [];
    for (const state of states) {
      const element = glob[state];
      if (!element) continue;
      if (element.kind === "many") next.push(state);
      else if (takes(element, char)) next.push(state + 1);
    }
    states = closed(glob, next);
  }
  return shortest < 0 ? undefined : { shortest, longest };
}

/** The same of endings. */
export function suffixesOf(
  glob: Glob,
  text: string,
): { readonly shortest: number; readonly longest: number } | undefined {
  return prefixesOf([...glob].reverse(), [...text].reverse().join(""));
}

/** The states that are reached without a character, too; in order. */
function closed(glob: Glob, states: readonly number[]): number[] {
  const found = new Set<number>();
  for (let state of states) {
    found.add(state);
    while (glob[state]?.kind === "many") found.add(++state);
  }
  return [...found].sort((a, b) => a - b);
}

function takes(element: Element, char: string): boolean {
  switch (element.kind) {
    case "one":
      return element.char === char;
    case "class":
      return element.ranges.some(([from, to]) => from <= char && char <= to) !== element.isNegated;
    default:
      return true;
  }
}
