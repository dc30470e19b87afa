import { type Expression as Pattern, search } from "../patterns/expression.ts";
import { patternOf } from "./parser.ts";

/** Parts of a text between what a separator stands for, as `FS` and `split` have it. */
export function parted(text: string, separator: string | Pattern): string[] {
  if (separator === " ") return text.match(/[^ \t\n]+/g) ?? [];
  if (text === "") return [];
  if (separator === "") return [...text];
  if (typeof separator === "string" && separator.length === 1 && separator !== "\\") return text.split(separator);
  const pattern = typeof separator === "string" ? patternOf(separator) : separator;
  const parts: string[] = [];
  let from = 0;
  for (const [begin, end] of places(pattern, text)) {
    if (end === begin) continue;
    parts.push(text.slice(from, begin));
    from = end;
  }
  return [...parts, text.slice(from)];
}

/** Where a pattern is found in a text, one place behind the other. */
export function* places(pattern: Pattern, text: string): Generator<readonly [from: number, to: number]> {
  for (let at = 0; at <= text.length; ) {
    const found = search(pattern, text, at);
    if (!found) return;
    yield found;
    at = found[1] > found[0] ? found[1] : found[1] + 1;
  }
}

/** The first record of a text that comes in pieces; `undefined` while more is needed. */
export function firstRecord(
  text: string,
  separator: string,
  isEnd: boolean,
): { readonly record: string; readonly rest: string } | undefined {
  if (separator === "") {
    const begun = text.replace(/^\n+/, "");
    const at = begun.search(/\n\n/);
    if (at >= 0 && (isEnd || /\n\n+[^\n]/.test(begun.slice(at))))
      return { record: begun.slice(0, at), rest: begun.slice(at).replace(/^\n+/, "") };
    return isEnd && begun !== "" ? { record: begun.replace(/\n$/, ""), rest: "" } : undefined;
  }
  if (separator.length > 1) return firstBeforePattern(text, patternOf(separator), isEnd);
  const mark = separator[0] ?? "\n";
  const at = text.indexOf(mark);
  if (at >= 0) return { record: text.slice(0, at), rest: text.slice(at + 1) };
  return isEnd && text !== "" ? { record: text, rest: "" } : undefined;
}

/** What ends with the text may go on in what comes next. */
function firstBeforePattern(text: string, pattern: Pattern, isEnd: boolean): ReturnType<typeof firstRecord> {
  for (const [begin, end] of places(pattern, text)) {
    if (end === begin) continue;
    if (end === text.length && !isEnd) return undefined;
    return { record: text.slice(0, begin), rest: text.slice(end) };
  }
  return isEnd && text !== "" ? { record: text, rest: "" } : undefined;
}
