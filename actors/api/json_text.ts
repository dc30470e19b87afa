import { failed, ok, type Result } from "../kit/result.ts";

/** Reads JSON, or says what is wrong with it in the words of Go's `encoding/json`: an engine's own differ with its version. */
export function readJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return failed(syntaxError(text));
  }
}

/** What may come next. */
type Wanted = "value" | "value or ]" | "key" | "key or }" | ":" | "more";

const space = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a string may not have as they are
const inString = /[^"\\\x00-\x1f]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const hex = /[0-9a-fA-F]/;
const words: Readonly<Record<string, string>> = { t: "true", f: "false", n: "null" };

/** Finds where a text ceases to be JSON, as Go's scanner does. */
function syntaxError(text: string): string {
  const open: ("{" | "[")[] = [];
  let at = 0;
  let wanted: Wanted = "value";

  const past = (pattern: RegExp) => {
    pattern.lastIndex = at;
    at += pattern.exec(text)?.[0].length ?? 0;
  };
  const wrong = (context: string) =>
    at < text.length ? `invalid character ${quoted(text, at)} ${context}` : "unexpected end of JSON input";

  /** Goes past a string whose first quote is here, or says what is wrong in it. */
  function string(): string | undefined {
    for (at++; ; ) {
      past(inString);
      if (text[at] === '"') return void at++;
      else if (text[at] !== "\\") return wrong("in string literal");
      else {
        const problem = escaped();
        if (problem) return problem;
      }
    }
  }

  function escaped(): string | undefined {
    at++;
    if (!/^["\\/bfnrtu]$/.test(text[at] ?? "")) return wrong("in string escape code");
    if (text[at++] !== "u") return undefined;
    for (const end = at + 4; at < end; at++)
      if (!hex.test(text[at] ?? "")) return wrong("in \\u hexadecimal character escape");
    return undefined;
  }

  function numeric(): string | undefined {
    past(number);
    const before = text[at - 1] ?? "";
    if (text[at] === "-") {
      at++;
      return wrong("in numeric literal");
    }
    if (text[at] === ".") {
      at++;
      return wrong("after decimal point in numeric literal");
    }
    if (!/\d/.test(before) || !/[eE]/.test(text[at] ?? "")) return undefined;
    at += /[+-]/.test(text[at + 1] ?? "") ? 2 : 1;
    return wrong("in exponent of numeric literal");
  }

  function word(whole: string): string | undefined {
    for (const expected of whole) {
      if (text[at] !== expected) return wrong(`in literal ${whole} (expecting '${expected}')`);
      at++;
    }
    return undefined;
  }

  function value(char: string): string | undefined {
    wanted = "more";
    const literal = Object.hasOwn(words, char) ? words[char] : undefined;
    if (literal !== undefined) return word(literal);
    if (char === '"') return string();
    if (/[-\d]/.test(char)) return numeric();
    if (char !== "{" && char !== "[") return wrong("looking for beginning of value");
    at++;
    open.push(char);
    wanted = char === "{" ? "key or }" : "value or ]";
    return undefined;
  }

  function key(char: string): string | undefined {
    if (char !== '"') return wrong("looking for beginning of object key string");
    wanted = ":";
    return string();
  }

  function more(char: string): string | undefined {
    const inside = open.at(-1);
    if (inside === undefined) return wrong("after top-level value");
    if (char === ",") {
      at++;
      wanted = inside === "{" ? "key" : "value";
      return undefined;
    }
    return char === (inside === "{" ? "}" : "]")
      ? close()
      : wrong(inside === "{" ? "after object key:value pair" : "after array element");
  }

  function close(): undefined {
    at++;
    open.pop();
    wanted = "more";
  }

  function colon(char: string): string | undefined {
    if (char !== ":") return wrong("after object key");
    at++;
    wanted = "value";
    return undefined;
  }

  const takes: Readonly<Record<Wanted, (char: string) => string | undefined>> = {
    ...{ value, key, more, ":": colon },
    "value or ]": (char) => (char === "]" ? close() : value(char)),
    "key or }": (char) => (char === "}" ? close() : key(char)),
  };
  for (;;) {
    past(space);
    const char = text[at];
    const problem = char === undefined ? wrong("") : takes[wanted](char);
    if (problem !== undefined) return problem;
  }
}

const escapes: Readonly<Record<string, string>> = {
  ...{ "'": "\\'", '"': '"', "\\": "\\\\", "\x07": "\\a", "\b": "\\b" },
  ...{ "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" },
};

/** The first byte of a character between quotes, as Go shows it. */
function quoted(text: string, at: number): string {
  const [byte = 0] = new TextEncoder().encode(String.fromCodePoint(text.codePointAt(at) ?? 0));
  const char = String.fromCharCode(byte);
  if (Object.hasOwn(escapes, char)) return `'${escapes[char]}'`;
  const code = byte.toString(16);
  if (byte < 0x20 || byte === 0x7f) return `'\\x${code.padStart(2, "0")}'`;
  return `'${char}'`;
}
