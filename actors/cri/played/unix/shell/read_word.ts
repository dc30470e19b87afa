import { unescaped } from "../programs/_escapes.ts";
import type { Cursor } from "./lexer.ts";
import {
  type ParameterOperator,
  parameterOperators,
  type Script,
  SyntaxProblem,
  type Word,
  type WordPart,
} from "./syntax.ts";

/** Parses commands up to a closing parenthesis, which it takes, too. */
export type ReadScript = (cursor: Cursor) => Script;

/** What a word is part of, which says where it ends and what counts in it. */
type Place = "word" | "double" | "document" | "braces" | "quotedBraces" | "arithmetic" | "index" | "pattern";

/** A text with escapes is no longer. */
const escapedMax = 65_536;
const endsOfWord = " \t\n\r;&|<>()";

/** Reads a word from a place on. */
export function readWord(cursor: Cursor, readScript: ReadScript, place: Place): Word {
  const parts: WordPart[] = [];
  const isQuoted = place === "double" || place === "document" || place === "quotedBraces";
  let plain = "";
  let depth = 0;
  const flush = () => {
    if (plain !== "") parts.push({ kind: "text", text: plain, isQuoted });
    plain = "";
  };
  const add = (part: WordPart) => {
    flush();
    parts.push(part);
  };
  for (;;) {
    const { text } = cursor;
    const char = text[cursor.at];
    if (char === undefined) {
      if (place === "double") throw new SyntaxProblem("unterminated quoted string", true);
      if (place === "braces" || place === "quotedBraces")
        throw new SyntaxProblem('unexpected end of file (expecting "}")', true);
      if (place === "arithmetic") throw new SyntaxProblem('unexpected end of file (expecting "))")', true);
      if (place === "index") throw new SyntaxProblem('unexpected end of file (expecting "]")', true);
      break;
    }
    if (cursor.isBash && place === "word" && text.startsWith("<(", cursor.at)) {
      cursor.at += 2;
      add({ kind: "process", script: readScript(cursor), isQuoted: true });
      continue;
    }
    if (place === "word" && endsOfWord.includes(char)) break;
    if (place === "pattern" && " \t\n".includes(char)) break;
    if (place === "index") {
      if (char === "[") depth++;
      if (char === "]" && depth-- === 0) break;
    }
    if (place === "double" && char === '"') break;
    if ((place === "braces" || place === "quotedBraces") && char === "}") break;
    if (place === "arithmetic") {
      if (char === "(") depth++;
      if (char === ")" && depth-- === 0) break;
    }
    if (char === "\\") {
      const escaped = escapedAt(cursor, place);
      if (escaped === undefined) plain += "\\";
      else if (escaped !== "") add({ kind: "text", text: escaped, isQuoted: true });
    } else if (char === "'" && !isQuoted && place !== "arithmetic") {
      add({ kind: "text", text: readSingle(cursor), isQuoted: true });
    } else if (char === '"' && place !== "document") {
      cursor.at++;
      const inner = readWord(cursor, readScript, "double");
      cursor.at++;
      // An empty pair of quotes is a word, too.
      if (inner.length === 0) add({ kind: "text", text: "", isQuoted: true });
      for (const part of inner) add(part);
    } else if (char === "$") {
      const part = readDollar(cursor, readScript, isQuoted || place === "arithmetic");
      if (part) add(part);
      else plain += "$";
    } else if (char === "`") {
      add({ kind: "command", script: readBackquoted(cursor, readScript, isQuoted), isQuoted });
    } else {
      plain += char;
      cursor.at++;
    }
  }
  flush();
  return parts;
}

/** What a backslash makes of what comes behind it; `undefined` where it is a character like any other. */
function escapedAt(cursor: Cursor, place: Place): string | undefined {
  const next = cursor.text[cursor.at + 1];
  const isPlain = place !== "double" && place !== "document" && place !== "quotedBraces";
  cursor.at++;
  if (next === undefined) return undefined;
  const escapes = place === "document" ? "$`\\\n" : place === "quotedBraces" ? '$`"\\\n}' : '$`"\\\n';
  if (!isPlain && !escapes.includes(next)) return undefined;
  cursor.at++;
  return next === "\n" ? "" : next;
}

function readSingle(cursor: Cursor): string {
  const end = cursor.text.indexOf("'", cursor.at + 1);
  if (end < 0) throw new SyntaxProblem("unterminated quoted string", true);
  const text = cursor.text.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  return text;
}

/** What a dollar sign begins; `undefined` when it stands for itself. */
function readDollar(cursor: Cursor, readScript: ReadScript, isQuoted: boolean): WordPart | undefined {
  const { text } = cursor;
  cursor.at++;
  const next = text[cursor.at] ?? "";
  if (next === "'" && !isQuoted) {
    cursor.at++;
    return { kind: "text", text: readEscaped(cursor), isQuoted: true };
  }
  if (next === "(") return readParentheses(cursor, readScript, isQuoted);
  if (next === "{") {
    cursor.at++;
    return { ...readBraces(cursor, readScript, isQuoted), isQuoted };
  }
  const [name] = /^(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(cursor.at, cursor.at + 256)) ?? [];
  if (name === undefined) return undefined;
  cursor.at += name.length;
  return { kind: "parameter", name, operator: undefined, argument: [], instead: [], isQuoted };
}

/** `$'text'`, in which a backslash begins what C has. */
function readEscaped(cursor: Cursor): string {
  const [whole, inner] = /^((?:[^'\\]|\\[\s\S])*)'/.exec(cursor.text.slice(cursor.at, cursor.at + escapedMax)) ?? [];
  if (whole === undefined || inner === undefined) throw new SyntaxProblem("unterminated quoted string", true);
  cursor.at += whole.length;
  return unescaped(inner, /^[0-7]{1,3}/).bytes;
}

/** `[index]`, from its bracket on; undefined when it does not end. */
export function readIndex(cursor: Cursor, readScript: ReadScript): Word | undefined {
  const from = cursor.at;
  cursor.at++;
  const index = readWord(cursor, readScript, "index");
  if (cursor.text[cursor.at] === "]") {
    cursor.at++;
    return index;
  }
  cursor.at = from;
  return undefined;
}

/** `((expression))`, from its parentheses on; undefined when it is something else: a subshell in a subshell. */
export function readExpression(cursor: Cursor, readScript: ReadScript): Word | undefined {
  const from = cursor.at;
  cursor.at += 2;
  try {
    const expression = readWord(cursor, readScript, "arithmetic");
    if (cursor.text.startsWith("))", cursor.at)) {
      cursor.at += 2;
      return expression;
    }
  } catch (error) {
    if (!(error instanceof SyntaxProblem) || error.isUnfinished) throw error;
  }
  cursor.at = from;
  return undefined;
}

function readParentheses(cursor: Cursor, readScript: ReadScript, isQuoted: boolean): WordPart {
  const { text, at } = cursor;
  if (text[at + 1] === "(") {
    cursor.at += 2;
    const expression = readWord(cursor, readScript, "arithmetic");
    if (!text.startsWith("))", cursor.at)) throw new SyntaxProblem('missing "))"');
    cursor.at += 2;
    return { kind: "arithmetic", expression, isQuoted };
  }
  cursor.at = at + 1;
  return { kind: "command", script: readScript(cursor), isQuoted };
}

function readBackquoted(cursor: Cursor, readScript: ReadScript, isQuoted: boolean): Script {
  let inner = "";
  for (cursor.at++; ; cursor.at++) {
    const char = cursor.text[cursor.at];
    if (char === undefined) throw new SyntaxProblem("unterminated backquote substitution", true);
    if (char === "`") break;
    const next = cursor.text[cursor.at + 1] ?? "";
    if (char === "\\" && ("`\\$".includes(next) || (isQuoted && next === '"'))) {
      inner += next;
      cursor.at++;
    } else inner += char;
  }
  cursor.at++;
  return readScript({ text: `${inner}\n)`, at: 0, isBash: cursor.isBash });
}

function readBraces(cursor: Cursor, readScript: ReadScript, isQuoted: boolean) {
  const [indirect, target = "", all] =
    /^!([A-Za-z_]\w*)(\[[@*]\])?\}/.exec(cursor.isBash ? cursor.text.slice(cursor.at, cursor.at + 256) : "") ?? [];
  if (indirect !== undefined) {
    cursor.at += indirect.length;
    const index = all === undefined ? {} : { index: all.includes("@") ? ("@" as const) : ("*" as const) };
    const operator = all === undefined ? ("named" as const) : ("keys" as const);
    return { kind: "parameter", name: target, operator, argument: [], instead: [], ...index } as const;
  }
  const rest = cursor.text.slice(cursor.at, cursor.at + 256);
  const [, hash, name = ""] = /^(#?)([A-Za-z_]\w*|\d+|[@*#?$!-])/.exec(rest.startsWith("#}") ? ` ${rest}` : rest) ?? [];
  const behind = rest[1 + name.length];
  const isLength = hash === "#" && (behind === "}" || (cursor.isBash === true && behind === "["));
  const found = isLength ? name : (/^(?:[A-Za-z_]\w*|\d+|[@*#?$!-])/.exec(rest)?.[0] ?? "");
  if (found === "") throw new SyntaxProblem("bad substitution");
  cursor.at += found.length + (isLength ? 1 : 0);
  const index = cursor.isBash && cursor.text[cursor.at] === "[" ? readIndex(cursor, readScript) : undefined;
  const operator: ParameterOperator | undefined = isLength
    ? "length"
    : (parameterOperators.find((each) => cursor.text.startsWith(each, cursor.at)) as ParameterOperator | undefined);
  if (operator !== undefined && !isLength) cursor.at += operator.length;
  if (/^[\^,]/.test(operator ?? "") && !cursor.isBash) throw new SyntaxProblem("bad substitution");
  const isPattern = operator !== undefined && /^[#%/]/.test(operator);
  const inner = readWord(cursor, readScript, isQuoted && !isPattern ? "quotedBraces" : "braces");
  if (operator === undefined && inner.length > 0) throw new SyntaxProblem("bad substitution");
  cursor.at++;
  const [argument, instead] = operator === "/" || operator === "//" ? splitAtSlash(inner) : [inner, []];
  return { kind: "parameter", name: found, operator, argument, instead, ...indexOf(index) } as const;
}

/** Which element of an array is meant. */
function indexOf(word: Word | undefined): { readonly index?: Word | "@" | "*" } {
  if (!word) return {};
  const [only] = word;
  const text = word.length === 1 && only?.kind === "text" ? only.text : "";
  return { index: text === "@" || text === "*" ? text : word };
}

function splitAtSlash(word: Word): [Word, Word] {
  for (const [index, part] of word.entries()) {
    if (part.kind !== "text" || part.isQuoted) continue;
    const slash = part.text.indexOf("/");
    if (slash < 0) continue;
    const before = { ...part, text: part.text.slice(0, slash) };
    return [
      [...word.slice(0, index), before],
      [{ ...part, text: part.text.slice(slash + 1) }, ...word.slice(index + 1)],
    ];
  }
  return [word, []];
}
