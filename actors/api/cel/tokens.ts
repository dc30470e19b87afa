import { failed, ok, type Result } from "../../kit/result.ts";

/** A piece of an expression's text. */
export type Token = { readonly text: string; readonly at: number } & (
  | { readonly tag: "sign" | "name" | "end" }
  | { readonly tag: "constant"; readonly value: bigint | number | string | boolean | null }
);

const space = /(?:\s+|\/\/[^\n]*)+/y;
const double = /\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|\.\d+(?:[eE][+-]?\d+)?/y;
const whole = /(?:0x[0-9a-fA-F]+|\d+)/y;
const word = /[A-Za-z_]\w*/y;
const quotedName = /`[\w.\-/ ]+`/y;
const sign = /&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]{}]/y;
const opening = /[rR]?("""|'''|"|')/y;
const words: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** Takes an expression's text apart. */
export function tokensOf(text: string): Result<Token[], { readonly at: number; readonly text: string }> {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (true) {
    at += match(space)?.length ?? 0;
    if (at >= text.length) break;
    const token = tokenAt(text, at, match);
    if (token === undefined) {
      const shown = JSON.stringify(text[at] ?? "").slice(1, -1);
      return failed({ at, text: `Syntax error: token recognition error at: '${shown}'` });
    }
    tokens.push(token);
    at += token.length;
  }
  return ok([...tokens, { tag: "end", text: "<EOF>", at }]);
}

type Sized = Token & { readonly length: number };

function tokenAt(text: string, at: number, match: (pattern: RegExp) => string | undefined): Sized | undefined {
  const quote = match(opening);
  if (quote !== undefined) return textAt(text, at, quote);
  const fraction = match(double);
  if (fraction !== undefined) {
    return { tag: "constant", value: Number(fraction), text: fraction, at, length: fraction.length };
  }
  const digits = match(whole);
  if (digits !== undefined) {
    const isUnsigned = /[uU]/.test(text[at + digits.length] ?? "");
    return { tag: "constant", value: BigInt(digits), text: digits, at, length: digits.length + (isUnsigned ? 1 : 0) };
  }
  const quoted = match(quotedName);
  if (quoted !== undefined) return { tag: "name", text: quoted.slice(1, -1), at, length: quoted.length };
  const name = match(word);
  if (name === "in") return { tag: "sign", text: name, at, length: 2 };
  const known = name === undefined ? undefined : words.get(name);
  if (name !== undefined && known !== undefined)
    return { tag: "constant", value: known, text: name, at, length: name.length };
  if (name !== undefined) return { tag: "name", text: name, at, length: name.length };
  const found = match(sign);
  return found === undefined ? undefined : { tag: "sign", text: found, at, length: found.length };
}

function textAt(text: string, at: number, quote: string): Sized | undefined {
  const isRaw = /^[rR]/.test(quote);
  const close = isRaw ? quote.slice(1) : quote;
  let end = at + quote.length;
  while (!text.startsWith(close, end)) {
    if (end >= text.length || (close.length === 1 && text[end] === "\n")) return undefined;
    end += text[end] === "\\" && !isRaw ? 2 : 1;
  }
  const inner = text.slice(at + quote.length, end);
  const value = isRaw ? inner : unescaped(inner);
  if (value === undefined) return undefined;
  return { tag: "constant", value, text: inner, at, length: end + close.length - at };
}

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const escapePattern =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([abfnrtv"'`?\\])|[\s\S]?)/g;

function unescaped(text: string): string | undefined {
  let isWrong = false;
  const value = text.replace(escapePattern, (all, x, u, long, octal, one) => {
    if (one !== undefined) return escapes[one] ?? one;
    const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? "", 16) : Number.parseInt(octal, 8);
    if (code >= 0 && code <= 0x10ffff && all !== "\\") return String.fromCodePoint(code);
    isWrong = true;
    return "";
  });
  return isWrong ? undefined : value;
}
