import { type Expression, parseExpression, search } from "../patterns/expression.ts";

/** Which lines a command is for: a number, the last one, or those that match. */
type Address = number | "last" | Expression;

/** A command of a script. */
export interface SedCommand {
  readonly name: "s" | "d" | "p" | "q";
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly isNegated: boolean;
  readonly pattern: Expression;
  readonly replacement: string;
  readonly isGlobal: boolean;
  /** What was substituted is printed. */
  readonly prints: boolean;
}

/** A line, and where it is. */
export interface SedLine {
  readonly line: string;
  readonly number: number;
  readonly isLast: boolean;
}

/** Parses a script; gives back what is wrong with it. */
export function parseScript(script: string, isExtended: boolean): SedCommand[] | string {
  const commands: SedCommand[] = [];
  for (let rest = trimmed(script); rest !== ""; rest = trimmed(rest)) {
    const begun = rest;
    const addresses: Address[] = [];
    for (;;) {
      const [whole, number, last, text] = /^(?:(\d+)|(\$)|\/((?:\\.|[^/\\])*)\/)/.exec(rest) ?? [];
      if (whole === undefined) break;
      const expression =
        text === undefined ? undefined : parseExpression(text.replaceAll("\\/", "/"), options(isExtended, ""));
      const address = number !== undefined ? Number(number) : last !== undefined ? "last" : expression;
      if (address === undefined) return `bad regex '${text}'`;
      addresses.push(address);
      rest = rest.slice(whole.length);
      if (addresses.length === 2 || !rest.startsWith(",")) break;
      rest = rest.slice(1);
    }
    const [head = "", mark = "", name = ""] = /^\s*(!?)\s*([a-zA-Z=]?)/.exec(rest) ?? [];
    rest = rest.slice(head.length);
    const place = { from: addresses[0], to: addresses[1], isNegated: mark === "!" };
    if (name === "d" || name === "p" || name === "q") {
      commands.push({ ...place, name, pattern: [], replacement: "", isGlobal: false, prints: false });
      continue;
    }
    const parsed = name === "s" ? parseSubstitution(rest, isExtended) : undefined;
    if (!parsed) return `unsupported command ${begun}`;
    commands.push({ ...place, name: "s", ...parsed.command });
    rest = parsed.rest;
  }
  return commands;
}

function trimmed(script: string): string {
  return script.replace(/^[\s;]+/, "");
}

function options(isExtended: boolean, flags: string) {
  return { isFixed: false, isExtended, isFolded: /i/i.test(flags), isWhole: false };
}

function parseSubstitution(text: string, isExtended: boolean) {
  const [mark = ""] = text;
  if (mark === "" || mark === "\n") return undefined;
  const parts = [""];
  let at = 1;
  for (; at < text.length && parts.length < 3; at++) {
    const char = text[at] ?? "";
    if (char === mark) parts.push("");
    else if (char === "\\") {
      at++;
      parts[parts.length - 1] += text[at] === mark ? mark : `\\${text[at] ?? ""}`;
    } else parts[parts.length - 1] += char;
  }
  if (parts.length < 3) return undefined;
  const [source = "", replacement = ""] = parts;
  const [flags = ""] = /^[gIip]*/.exec(text.slice(at)) ?? [];
  const pattern = parseExpression(source, options(isExtended, flags));
  if (!pattern || /\\\d/.test(replacement)) return undefined;
  const command = { pattern, replacement, isGlobal: flags.includes("g"), prints: flags.includes("p") };
  return { command, rest: text.slice(at + flags.length) };
}

/** Whether a command is for a line; notes in `within` where a range has begun. */
export function takes(command: SedCommand, at: SedLine, within: Map<SedCommand, boolean>): boolean {
  return isTaken(command, at, within) !== command.isNegated;
}

function isTaken(command: SedCommand, at: SedLine, within: Map<SedCommand, boolean>): boolean {
  const { from, to } = command;
  if (from === undefined) return true;
  if (to === undefined) return isAt(from, at);
  if (within.get(command)) {
    const isOver = typeof to === "number" ? at.number >= to : isAt(to, at);
    within.set(command, !isOver);
    return typeof to !== "number" || at.number <= to;
  }
  if (!isAt(from, at)) return false;
  within.set(command, typeof to !== "number" || at.number < to);
  return true;
}

function isAt(address: Address, { line, number, isLast }: SedLine): boolean {
  if (typeof address === "number") return number === address;
  return address === "last" ? isLast : search(address, line) !== undefined;
}

/** A line after a substitution. */
export function substituted({ pattern, replacement, isGlobal }: SedCommand, line: string): string {
  let out = "";
  let at = 0;
  while (at <= line.length) {
    const place = search(pattern, line, at);
    if (!place) break;
    const [from, to] = place;
    const found = line.slice(from, to);
    out +=
      line.slice(at, from) +
      replacement.replace(/\\(.)|&/g, (whole, char?: string) =>
        whole === "&" ? found : char === "n" ? "\n" : (char ?? ""),
      );
    at = to;
    if (to === from) out += line[at++] ?? "";
    if (!isGlobal) break;
  }
  return out + line.slice(at);
}
