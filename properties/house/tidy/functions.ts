import { codeOf, lineAt } from "./source.ts";

/** A function found in a source text. */
export interface FunctionFound {
  /** Its name, or that of what it is given to; `function` when it has none. */
  readonly name: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** From its name or its first parenthesis to its last brace. */
  readonly lines: number;
  /** The parameters as they are written, without types and defaults where these are simple. */
  readonly parameters: readonly string[];
}

/** What comes before a parenthesis that holds no parameters. */
const notFunctions = /(?:^|[^\w$.])(?:if|for|while|switch|catch|with|return|await|of|in|typeof|case)\s*$/;

/**
 * All functions with a body in braces, and all arrow functions, by what is in front of the brace or the arrow: the
 * formatter's way to write them is the only one there is here.
 */
export function functionsOf(text: string): FunctionFound[] {
  const code = codeOf(text);
  const pairs = pairsOf(code);
  const found: FunctionFound[] = [];
  for (const [open, close] of pairs) {
    if (code[open] !== "(") continue;
    const before = code.slice(Math.max(0, open - 200), open);
    if (notFunctions.test(before)) continue;
    const end = bodyEnd(code, close + 1, pairs);
    if (end === undefined) continue;
    const parameters = parametersOf(code, open, { close, pairs });
    const lines = lineAt(code, end) - lineAt(code, open) + 1;
    found.push({ name: nameOf(before), line: lineAt(code, open), lines, parameters });
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Where each bracket closes: parentheses, braces, square brackets. */
function pairsOf(code: string): Map<number, number> {
  const pairs = new Map<number, number>();
  const opened: number[] = [];
  for (let at = 0; at < code.length; at++) {
    const character = code[at] as string;
    if ("({[".includes(character)) opened.push(at);
    else if (")}]".includes(character)) pairs.set(opened.pop() ?? -1, at);
  }
  return pairs;
}

/** The end of the function whose parameters end before `from`; undefined when they are no parameters. */
function bodyEnd(code: string, from: number, pairs: ReadonlyMap<number, number>): number | undefined {
  let at = from;
  if (/^\s*:/.test(code.slice(at, at + 20))) at = typeEnd(code, code.indexOf(":", at) + 1, pairs);
  const arrow = /^\s*=>\s*/.exec(code.slice(at, at + 200));
  if (arrow) {
    at += arrow[0].length;
    return code[at] === "{" ? pairs.get(at) : expressionEnd(code, at, pairs);
  }
  const brace = /^\s*\{/.exec(code.slice(at, at + 200));
  return brace ? pairs.get(at + brace[0].length - 1) : undefined;
}

/** The end of a result type: an arrow, or a brace that follows a type that is complete. */
function typeEnd(code: string, from: number, pairs: ReadonlyMap<number, number>): number {
  let at = from;
  let isComplete = false;
  while (at < code.length) {
    const character = code[at] as string;
    if (code.startsWith("=>", at) && isComplete) return at;
    if (character === "{" && isComplete) return at;
    if (";,)=]}".includes(character) && !code.startsWith("=>", at)) return at;
    if ("({[".includes(character)) {
      at = (pairs.get(at) ?? at) + 1;
      isComplete = true;
      continue;
    }
    if ("|&<".includes(character) || /^\b(?:is|extends|keyof|readonly|typeof|asserts)\b/.test(code.slice(at, at + 9)))
      isComplete = false;
    else if (/[\w$>]/.test(character)) isComplete = true;
    at += /[\w$]/.test(character) ? (/^[\w$]+/.exec(code.slice(at, at + 80))?.[0].length ?? 1) : 1;
  }
  return at;
}

function expressionEnd(code: string, from: number, pairs: ReadonlyMap<number, number>): number {
  for (let at = from; at < code.length; at++) {
    const character = code[at] as string;
    if ("({[".includes(character)) at = pairs.get(at) ?? at;
    else if (",;)]}".includes(character)) return at - 1;
  }
  return code.length;
}

function nameOf(before: string): string {
  const named = /([\w$]+)\s*(?:<[^()]*>)?\s*(?:[:=]\s*(?:async\s*)?(?:function\s*)?(?:<[^()]*>)?\s*)?$/.exec(
    before,
  )?.[1];
  return named === undefined || named === "async" || named === "function" ? "function" : named;
}

function parametersOf(
  code: string,
  open: number,
  { close, pairs }: { readonly close: number; readonly pairs: ReadonlyMap<number, number> },
): string[] {
  const parameters: string[] = [];
  let start = open + 1;
  for (let at = open + 1; at <= close; at++) {
    const character = code[at] as string;
    if (at === close || character === ",") {
      if (code.slice(start, at).trim() !== "") parameters.push(code.slice(start, at).trim());
      start = at + 1;
    } else if ("({[".includes(character)) at = pairs.get(at) ?? at;
    else if (character === "<") at = anglesEnd(code, at, close);
  }
  return parameters;
}

/** Past the commas between type arguments. */
function anglesEnd(code: string, from: number, close: number): number {
  let depth = 0;
  for (let at = from; at < close; at++) {
    if (code[at] === "<") depth++;
    else if (code[at] === ">" && code[at - 1] !== "=" && --depth === 0) return at;
  }
  return from;
}
