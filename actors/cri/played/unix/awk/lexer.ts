import { unescaped } from "../programs/_escapes.ts";

/** A piece of a program's text. */
export interface Token {
  readonly kind: "number" | "text" | "pattern" | "name" | "call" | "word" | "sign" | "line" | "end";
  readonly text: string;
}

/** What is wrong with a program. */
export class AwkProblem extends Error {}

const words = new Set(
  "BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf".split(
    " ",
  ),
);
const signs = /^(\*\*=|\*\*|&&|\|\||\+\+|--|[-+*/%^!<>=]=|!~|>>|[-+*/%^!<>=?:,;(){}[\]$~|])/;
/** After these a slash divides; after all else it begins a pattern. */
const isValue = ({ kind, text }: Token) =>
  /number|text|name|pattern/.test(kind) || [")", "]", "++", "--"].includes(text);

/** Takes a program's text apart. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let rest = source;
  const take = (length: number) => {
    const taken = rest.slice(0, length);
    rest = rest.slice(length);
    return taken;
  };
  const add = (kind: Token["kind"], text: string) => void tokens.push({ kind, text });
  for (;;) {
    take(/^([ \t\r]|\\\r?\n|#[^\n]*)*/.exec(rest)?.[0].length ?? 0);
    if (rest === "") break;
    const last = tokens.at(-1);
    const [number] = /^(0[xX][\da-fA-F]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)/.exec(rest) ?? [];
    const [name, opening] = /^[A-Za-z_]\w*(?=(\()?)/.exec(rest)?.slice(0, 2) ?? [];
    const [text] = /^"(?:\\[\s\S]|[^"\\\n])*"/.exec(rest) ?? [];
    const [pattern] =
      rest.startsWith("/") && !(last && isValue(last))
        ? (/^\/(?:\\.|\[(?:\\.|[^\]\n])+\]|[^/\\\n])*\//.exec(rest) ?? [])
        : [];
    const [sign] = signs.exec(rest) ?? [];
    if (rest.startsWith("\n")) add("line", take(1));
    else if (number !== undefined) add("number", take(number.length));
    else if (name !== undefined) add(words.has(name) ? "word" : opening ? "call" : "name", take(name.length));
    else if (text !== undefined)
      add("text", unescaped(take(text.length).slice(1, -1).replaceAll("\\/", "/"), /^[0-7]{1,3}/).bytes);
    else if (pattern !== undefined) add("pattern", take(pattern.length).slice(1, -1).replaceAll("\\/", "/"));
    else if (sign !== undefined) add("sign", take(sign.length));
    else throw new AwkProblem(`Unexpected token at ${JSON.stringify(rest.slice(0, 20))}`);
  }
  add("line", "\n");
  add("end", "");
  return tokens;
}
