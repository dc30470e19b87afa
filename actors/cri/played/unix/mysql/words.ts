import { SqlError } from "./sql_error.ts";

/** A word of a statement: a name or keyword, a text, a number, or a sign. */
export interface Word {
  readonly sort: "name" | "quoted" | "text" | "number" | "sign" | "variable";
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
}

const form =
  /\s+|--[ \t][^\n]*|--$|#[^\n]*|\/\*[\s\S]*?\*\/|(@@?[\w$.]+)|([A-Za-z_\x80-\xff$][\w$\x80-\xff]*)|(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|`((?:[^`]|``)*)`|'((?:[^'\\]|\\[\s\S]|'')*)'|"((?:[^"\\]|\\[\s\S]|"")*)"|(<=>|<>|!=|<=|>=|:=|\|\||&&|[-+*/%(),;.=<>!@])/y;
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", 0: "\0", b: "\b", Z: "\x1a" };

/** The words of some statements. */
export function wordsOf(sql: string): Word[] {
  const words: Word[] = [];
  form.lastIndex = 0;
  while (form.lastIndex < sql.length) {
    const at = form.lastIndex;
    const found = form.exec(sql);
    if (!found) throw SqlError.syntax(sql, at);
    const [, variable, name, number, quoted, single, double, sign] = found;
    const text = single ?? double;
    if (variable !== undefined) words.push({ sort: "variable", text: variable, at });
    else if (name !== undefined) words.push({ sort: "name", text: name, at });
    else if (number !== undefined) words.push({ sort: "number", text: number, at });
    else if (quoted !== undefined) words.push({ sort: "quoted", text: quoted.replaceAll("``", "`"), at });
    else if (text !== undefined) words.push({ sort: "text", text: unescaped(text, double !== undefined), at });
    else if (sign !== undefined) words.push({ sort: "sign", text: sign, at });
  }
  return words;
}

function unescaped(text: string, isDouble: boolean): string {
  const plain = text.replaceAll(isDouble ? '""' : "''", isDouble ? '"' : "'");
  return plain.replace(/\\([\s\S])/g, (whole, char: string) => (/[%_]/.test(char) ? whole : (escapes[char] ?? char)));
}

/** The statements of a text, each with the words that it is made of. */
export function statementsOf(sql: string): { readonly text: string; readonly words: readonly Word[] }[] {
  const statements: { text: string; words: Word[] }[] = [];
  let words: Word[] = [];
  const end = (to: number) => {
    const [first] = words;
    if (first) statements.push({ text: sql.slice(first.at, to).trim(), words });
    words = [];
  };
  for (const word of wordsOf(sql)) {
    if (word.sort === "sign" && word.text === ";") end(word.at);
    else words.push(word);
  }
  end(sql.length);
  return statements;
}
