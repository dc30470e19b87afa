/** An import, or a re-export, found in a source text. */
export interface ImportFound {
  /** What is imported: `./pod.ts`, `node:fs`, `xstate`. */
  readonly specifier: string;
  /** The line, from 1. */
  readonly line: number;
  /** `type` when nothing of it is left at run time. */
  readonly kind: "value" | "type" | "dynamic";
  /** Whether it is an `export ... from`. */
  readonly reExport: boolean;
}

/**
 * The text with the content of comments, strings and regular expressions blanked out; what is left stays at its
 * offset. So that rules can look for words in code without a parser.
 */
export function codeOf(text: string): string {
  const out = text.split("");
  const blank = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== "\n") out[i] = " ";
  };
  // Depths of braces at which a `}` returns to the template around it.
  const templates: number[] = [];
  let depth = 0;
  let lastToken = "";
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    const two = text.slice(at, at + 2);
    if (two === "//" || two === "/*" || (at === 0 && two === "#!")) {
      const end = two === "/*" ? after(text, "*/", at + 2) : before(text, "\n", at);
      blank(at, end);
      at = end;
      continue;
    }
    if (character === '"' || character === "'") {
      const end = stringEnd(text, at, character);
      blank(at + 1, end - 1);
      at = end;
      lastToken = character;
      continue;
    }
    if (character === "`" || (character === "}" && templates.at(-1) === depth)) {
      if (character === "}") templates.pop();
      const end = templateEnd(text, at + 1);
      const opens = text[end - 1] === "{";
      blank(at + 1, end - (opens ? 2 : 1));
      if (opens) templates.push(depth);
      at = end;
      lastToken = opens ? "{" : "`";
      continue;
    }
    if (character === "/" && regexMayFollow(lastToken)) {
      const end = regexEnd(text, at);
      blank(at + 1, end - 1);
      at = end;
      lastToken = "/regex/";
      continue;
    }
    if (character === "{") depth++;
    if (character === "}") depth--;
    const word = /[\w$]/.test(character) ? (/^[\w$]+/.exec(text.slice(at, at + 80))?.[0] ?? character) : character;
    if (!/\s/.test(character)) lastToken = word;
    at += word.length;
  }
  return out.join("");
}

/** All imports and re-exports of a source text with a literal specifier. */
export function importsOf(text: string): ImportFound[] {
  const code = codeOf(text);
  const found: ImportFound[] = [];
  const add = (match: RegExpExecArray, kind: ImportFound["kind"], reExport: boolean): void => {
    const from = match.index + match[0].length;
    const to = text.indexOf(text[from - 1] as string, from);
    found.push({ specifier: text.slice(from, to), line: lineAt(text, match.index), kind, reExport });
  };
  const statement = /(?<![\w$.])(import|export)(\s+type(?=[\s{*]))?(?:\s*[\w\s{},*$]+?\s*from)?\s*["']/g;
  for (const match of code.matchAll(statement)) {
    if (match[1] === "export" && !match[0].includes("from")) continue;
    add(match, match[2] || onlyTypes(match[0]) ? "type" : "value", match[1] === "export");
  }
  for (const match of code.matchAll(/(?<![\w$.])import\s*\(\s*["']/g)) {
    add(match, /\btypeof\s*$/.test(code.slice(0, match.index).slice(-20)) ? "type" : "dynamic", false);
  }
  return found.sort((a, b) => a.line - b.line);
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

/** `export { type A, type B } from`: a re-export that leaves nothing to run, unlike the import of that form. */
function onlyTypes(statement: string): boolean {
  const names = /^export\s*\{([^}]*)\}/.exec(statement)?.[1];
  return names?.split(",").every((name) => /^\s*(type\s.*)?$/s.test(name)) ?? false;
}

function stringEnd(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote || text[at] === "\n") return at + 1;
  }
  return text.length;
}

/** The offset after the template's closing backtick, or after the `${` that interrupts it. */
function templateEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1;
    else if (text[at] === "$" && text[at + 1] === "{") return at + 2;
  }
  return text.length;
}

function regexEnd(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "\n") return start + 1;
    else if (text[at] === "[") inClass = true;
    else if (text[at] === "]") inClass = false;
    else if (text[at] === "/" && !inClass) return at + 1;
  }
  return start + 1;
}

/** A slash after a value divides; after an operator or a keyword it begins a regular expression. */
function regexMayFollow(lastToken: string): boolean {
  if (lastToken === "" || lastToken === "/regex/") return lastToken === "";
  if (/^(return|typeof|case|in|of|do|else|void|delete|instanceof|new|throw|yield|await)$/.test(lastToken)) return true;
  return !/^[\w$)\]}"'`]/.test(lastToken);
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}

function before(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at;
}
