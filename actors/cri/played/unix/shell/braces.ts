import { outOfMemory } from "./shell.ts";
import type { Word, WordPart } from "./syntax.ts";

/** A character that was not quoted, or a part of a word that is as it is. */
type Unit = string | WordPart;

const wordsMax = 32_768;

/**
 * The words that bash makes of one with braces: `a{b,c}` and `{1..3}`, before anything else in it is looked at.
 *
 * Source: bash(1), "Brace Expansion".
 */
export function expandBraces(word: Word): readonly Word[] {
  const hasBraces = word.some((part) => part.kind === "text" && !part.isQuoted && part.text.includes("{"));
  if (!hasBraces) return [word];
  const units = word.flatMap((part): Unit[] => (part.kind === "text" && !part.isQuoted ? [...part.text] : [part]));
  return expand(units).map(wordOf);
}

function wordOf(units: readonly Unit[]): Word {
  const word: WordPart[] = [];
  for (const unit of units) {
    const last = word.at(-1);
    if (typeof unit !== "string") word.push(unit);
    else if (last?.kind === "text" && !last.isQuoted) word[word.length - 1] = { ...last, text: last.text + unit };
    else word.push({ kind: "text", text: unit, isQuoted: false });
  }
  return word;
}

function expand(units: readonly Unit[]): Unit[][] {
  const last = units.lastIndexOf("}");
  for (let from = units.indexOf("{"); from >= 0 && from < last; from = units.indexOf("{", from + 1)) {
    const found = alternativesAt(units, from);
    if (!found) continue;
    const behind = expand(units.slice(found.end));
    const before = units.slice(0, from);
    if (found.alternatives.length * behind.length > wordsMax) outOfMemory();
    return found.alternatives.flatMap((each) => behind.map((rest) => [...before, ...each, ...rest]));
  }
  return [[...units]];
}

/** What braces that open at a place stand for, and where they end. */
function alternativesAt(units: readonly Unit[], from: number) {
  let depth = 0;
  const pieces: Unit[][] = [[]];
  for (let at = from; at < units.length; at++) {
    const unit = units[at] ?? "";
    if (unit === "{" && depth++ === 0) continue;
    if (unit === "}" && --depth === 0) {
      const alternatives = pieces.length > 1 ? pieces.flatMap(expand) : sequenceOf(pieces[0] ?? []);
      return alternatives && { alternatives, end: at + 1 };
    }
    if (unit === "," && depth === 1) pieces.push([]);
    else pieces.at(-1)?.push(unit);
  }
  return undefined;
}

/** `1..10`, `01..10..2`, `a..e` */
function sequenceOf(units: readonly Unit[]): Unit[][] | undefined {
  if (!units.every((unit) => typeof unit === "string")) return undefined;
  const [, first = "", last = "", by] =
    /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(units.join("")) ?? [];
  const isNumber = /\d/.test(first);
  if (first === "" || isNumber !== /\d/.test(last)) return undefined;
  const [start, end] = isNumber ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  const stride = Math.abs(Number(by ?? 1)) || 1;
  if (Math.abs(end - start) / stride > wordsMax) outOfMemory();
  const width = isNumber && /^-?0\d|^-?\d+\.\.-?0\d/.test(units.join("")) ? Math.max(first.length, last.length) : 0;
  const found: Unit[][] = [];
  for (let at = start; start <= end ? at <= end : at >= end; at += start <= end ? stride : -stride) {
    found.push([...(isNumber ? padded(at, width) : String.fromCharCode(at))]);
  }
  return found;
}

function padded(number: number, width: number): string {
  const digits = String(Math.abs(number)).padStart(number < 0 ? width - 1 : width, "0");
  return number < 0 ? `-${digits}` : digits;
}
