import { turn } from "../kernel/kernel.ts";
import type { Running } from "../kernel/process.ts";
import { type GlobPiece, isPattern, parseGlob } from "../patterns/glob.ts";
import { ArithmeticProblem, arithmetic } from "./arithmetic.ts";
import { arithmeticVariables } from "./arrays.ts";
import { expandBraces } from "./braces.ts";
import { namesMatching } from "./file_names.ts";
import { listOf } from "./lists.ts";
import { expandParameter } from "./parameters.ts";
import { outOfMemory, type Shell, ShellExit, shellComplains, valueBytesMax, variable } from "./shell.ts";
import type { Word } from "./syntax.ts";

/** A word that is being put together: pieces, each quoted or not. */
type Field = GlobPiece[];

const fieldsMax = 32_768;

/** Expands words to fields: what a command gets as its words. */
export function* expandWords(shell: Shell, words: readonly Word[]): Running<string[]> {
  const found: string[] = [];
  for (const word of shell.isBash ? words.flatMap(expandBraces) : words) {
    for (const field of yield* fieldsOf(shell, word)) {
      const glob = shell.options.has("f") ? undefined : globOf(field);
      const names = glob ? namesMatching(shell.self, field) : [];
      if (names.length > 0) found.push(...names);
      else found.push(textOf(field));
    }
    if (found.length > fieldsMax) outOfMemory();
  }
  return found;
}

/** Expands a word to one text: a value, a file's name, a document. */
export function* expandText(shell: Shell, word: Word): Running<string> {
  return textOf(yield* expandPieces(shell, word));
}

/** Expands a word to pieces that know whether they were quoted: a pattern. */
export function* expandPieces(shell: Shell, word: Word): Running<Field> {
  const pieces: Field = [];
  for (const field of yield* fieldsOf(shell, word, true)) {
    if (pieces.length > 0) pieces.push({ text: " ", isQuoted: false });
    pieces.push(...field);
  }
  return pieces;
}

function* fieldsOf(shell: Shell, word: Word, isWhole = false): Running<Field[]> {
  const fields: Field[] = [];
  let field: Field | undefined;
  const add = (text: string, isQuoted: boolean) => {
    field ??= [];
    field.push({ text, isQuoted });
  };
  const end = () => {
    if (field) fields.push(field);
    field = undefined;
  };
  /** Adds what was not quoted: it ends fields where it has separators. */
  const split = (text: string) => {
    const separators = variable(shell, "IFS") ?? " \t\n";
    for (const [index, piece] of splitFields(text, separators).entries()) {
      if (index > 0) end();
      if (piece !== undefined) add(piece, false);
    }
  };
  for (const [index, part] of word.entries()) {
    if (shell.self.kernel.spend(1)) yield turn;
    const isQuoted = part.isQuoted || isWhole;
    if (part.kind === "text") {
      const text = index === 0 && !part.isQuoted ? withHome(shell, part.text) : part.text;
      add(text, part.isQuoted);
    } else if (part.kind === "parameter") {
      const list = yield* listOf(shell, part, { expandText, expandPieces });
      if (list) {
        const separator = (variable(shell, "IFS") ?? " ").slice(0, 1);
        const values = list.isJoined && part.isQuoted ? [list.values.join(separator)] : list.values;
        for (const [at, value] of values.entries()) {
          if (at > 0) end();
          if (isQuoted) add(value, part.isQuoted);
          else split(value);
        }
        continue;
      }
      const value = yield* expandParameter(shell, part, { expandText, expandPieces });
      const isWordItself = value === undefined && part.operator !== undefined;
      if (isWordItself) {
        // The word that comes instead may have quotes of its own.
        for (const [at, inner] of (yield* fieldsOf(shell, part.argument, isQuoted)).entries()) {
          if (at > 0) end();
          for (const piece of inner) {
            if (isQuoted || piece.isQuoted) add(piece.text, part.isQuoted || piece.isQuoted);
            else split(piece.text);
          }
        }
        if (part.isQuoted) add("", true);
      } else if (isQuoted) add(value ?? "", part.isQuoted);
      else split(value ?? "");
    } else {
      const value =
        part.kind === "arithmetic"
          ? yield* valueOfExpression(shell, part.expression)
          : part.kind === "command"
            ? yield* shell.evaluator.substitute(shell, part.script)
            : yield* shell.evaluator.readFrom(shell, part.script);
      if (isQuoted) add(value, part.isQuoted);
      else split(value);
    }
  }
  end();
  let bytes = 0;
  for (const each of fields) for (const { text } of each) bytes += text.length;
  if (bytes > valueBytesMax || fields.length > fieldsMax) outOfMemory();
  if (shell.self.kernel.spend(bytes / 256)) yield turn;
  return fields;
}

/** The value of an expression. */
export function* valueOfExpression(shell: Shell, expression: Word): Running<string> {
  const text = yield* expandText(shell, expression);
  try {
    return String(arithmetic(text, arithmeticVariables(shell)));
  } catch (error) {
    if (!(error instanceof ArithmeticProblem)) throw error;
    yield* shellComplains(shell, `arithmetic: ${error.message}`);
    throw new ShellExit(2);
  }
}

function globOf(field: Field): object | undefined {
  if (!field.some(({ text, isQuoted }) => !isQuoted && /[*?[]/.test(text))) return undefined;
  const glob = parseGlob(field);
  return isPattern(glob) ? glob : undefined;
}

function textOf(field: Field): string {
  if (field.length === 1) return field[0]?.text ?? "";
  return field.map(({ text }) => text).join("");
}

function withHome(shell: Shell, text: string): string {
  if (!text.startsWith("~") || (text.length > 1 && text[1] !== "/")) return text;
  return (variable(shell, "HOME") ?? "~") + text.slice(1);
}

/**
 * Splits a text at separators as a shell does: blanks in a row are one, any other separator ends a field by itself. A
 * field ends between each two entries; `undefined` adds nothing to its field.
 */
export function splitFields(text: string, separators: string): (string | undefined)[] {
  if (text === "") return [];
  if (separators === "") return [text];
  const isSeparator = (char: string | undefined) => char !== undefined && separators.includes(char);
  const isBlank = (char: string | undefined) => isSeparator(char) && (char === " " || char === "\t" || char === "\n");
  const found: (string | undefined)[] = [];
  let at = 0;
  const skipBlanks = () => {
    while (isBlank(text[at])) at++;
  };
  skipBlanks();
  if (at > 0) found.push(undefined);
  while (at < text.length) {
    const from = at;
    while (at < text.length && !isSeparator(text[at])) at++;
    found.push(text.slice(from, at));
    if (at === text.length) return found;
    skipBlanks();
    if (isSeparator(text[at])) at++;
    skipBlanks();
  }
  found.push(undefined);
  return found;
}
