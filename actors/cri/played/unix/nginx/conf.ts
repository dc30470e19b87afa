import { failed, ok, type Result } from "../../../../kit/result.ts";

/** A directive of a configuration: `listen 80;`, or `server { ... }`. */
export interface Directive {
  readonly name: string;
  readonly words: readonly string[];
  /** What is between its braces; undefined: it has none. */
  readonly block: readonly Directive[] | undefined;
  readonly line: number;
}

/** What is wrong with a configuration, and where. */
export interface ConfFault {
  readonly text: string;
  readonly line: number;
}

interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly line: number;
}

const tokenPattern = /\s+|#[^\n]*|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{};]|(?:\$\{\w+\}|\\.|[^\s;{}"'])+/gy;

/** Takes a configuration of nginx apart. Source: nginx.org, "Beginner's Guide", "Configuration File's Structure". */
export function parseConf(text: string): Result<readonly Directive[], ConfFault> {
  const tokens: Token[] = [];
  let line = 1;
  tokenPattern.lastIndex = 0;
  let at = 0;
  for (let found = tokenPattern.exec(text); found; found = tokenPattern.exec(text)) {
    const [token] = found;
    at = tokenPattern.lastIndex;
    const isQuoted = /^["']/.test(token);
    if (!/^[\s#]/.test(token)) {
      tokens.push({ text: isQuoted ? unescaped(token.slice(1, -1)) : token, isQuoted, line });
    }
    line += token.split("\n").length - 1;
  }
  if (at < text.length) return failed({ text: 'unexpected end of file, expecting ";" or "}"', line });
  const reader = { tokens, at: 0, lastLine: line };
  return readBlock(reader, 0);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unescaped(text: string): string {
  return text.replace(/\\([ntr"'\\])/g, (_whole, letter: string) => escapes[letter] ?? letter);
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly lastLine: number;
}

const depthMax = 32;

function readBlock(reader: Reader, depth: number): Result<readonly Directive[], ConfFault> {
  const directives: Directive[] = [];
  for (;;) {
    const words: Token[] = [];
    let end: Token | undefined;
    for (;;) {
      const token = reader.tokens[reader.at++];
      if (!token || (!token.isQuoted && /^[{};]$/.test(token.text))) {
        end = token;
        break;
      }
      words.push(token);
    }
    const [first] = words;
    if (!end) {
      if (!first && depth === 0) return ok(directives);
      const expected = first ? '";" or "}"' : '"}"';
      return failed({ text: `unexpected end of file, expecting ${expected}`, line: reader.lastLine });
    }
    if (end.text === "}") {
      if (first || depth === 0) return failed({ text: 'unexpected "}"', line: end.line });
      return ok(directives);
    }
    if (!first || depth > depthMax) return failed({ text: `unexpected "${end.text}"`, line: end.line });
    const inner = end.text === "{" ? readBlock(reader, depth + 1) : ok(undefined);
    if (!inner.ok) return inner;
    const rest = words.slice(1).map(({ text }) => text);
    directives.push({ name: first.text, words: rest, block: inner.value, line: first.line });
  }
}
