import type { Token } from "./lexer.ts";
import type { Assignment, Word, WordPart } from "./syntax.ts";

/** The assignment that a word is; undefined when it is none. */
export function assignmentOf(
  { word, elements }: Token & { readonly kind: "word" },
  isBash: boolean,
): Assignment | undefined {
  const [first, ...rest] = word;
  if (first?.kind !== "text" || first.isQuoted) return undefined;
  const element = isBash ? elementOf(word) : undefined;
  if (element) return element;
  const [whole, name = "", plus] = /^([A-Za-z_]\w*)(\+?)=/.exec(first.text) ?? [];
  if (whole === undefined) return undefined;
  const text = first.text.slice(whole.length);
  if (elements) return { name, value: [], appends: plus === "+", elements };
  return { name, value: text === "" ? rest : [{ ...first, text }, ...rest], appends: plus === "+" };
}

/** `name[index]=value`; undefined when a word is none. */
function elementOf(word: Word): Assignment | undefined {
  const [first, ...rest] = word;
  const [opening, name = ""] = /^([A-Za-z_]\w*)\[/.exec(first?.kind === "text" ? first.text : "") ?? [];
  if (first?.kind !== "text" || opening === undefined) return undefined;
  const index: WordPart[] = [];
  const parts: WordPart[] = [{ ...first, text: first.text.slice(opening.length) }, ...rest];
  for (const [at, part] of parts.entries()) {
    const found = part.kind === "text" && !part.isQuoted ? /\](\+?)=/.exec(part.text) : null;
    if (!found || part.kind !== "text") {
      index.push(part);
      continue;
    }
    const [before, behind] = [part.text.slice(0, found.index), part.text.slice(found.index + found[0].length)];
    if (before !== "") index.push({ ...part, text: before });
    const value = [...(behind === "" ? [] : [{ ...part, text: behind }]), ...parts.slice(at + 1)];
    return { name, value, appends: found[1] === "+", index };
  }
  return undefined;
}

/** The words that a separator makes of one. */
export function splitAt(word: Word, separator: string): Word[] {
  const words: WordPart[][] = [[]];
  for (const part of word) {
    const pieces = part.kind === "text" ? part.text.split(separator) : [];
    if (pieces.length < 2) words.at(-1)?.push(part);
    for (const [index, text] of pieces.length < 2 ? [] : pieces.entries()) {
      if (index > 0) words.push([]);
      words.at(-1)?.push({ kind: "text", text, isQuoted: part.isQuoted });
    }
  }
  return words;
}
