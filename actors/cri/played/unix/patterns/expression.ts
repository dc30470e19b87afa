import { ownValue } from "../../../../api/types.ts";

/** One instruction of a compiled expression. */
type Instruction =
  | { readonly kind: "one"; readonly takes: (char: string) => boolean }
  | { readonly kind: "split"; readonly targets: readonly [number, number] }
  | Edge
  | { readonly kind: "begin" | "end" | "found" };

/** A place between two characters, by what they are: `\b`, `\B`, `\<`, `\>`. */
interface Edge {
  readonly kind: "edge";
  /** Whether it is there, between what belongs to a word or does not. */
  readonly holds: (before: boolean, after: boolean) => boolean;
}

/** A regular expression, compiled to a machine that reads each character once. */
export type Expression = readonly Instruction[];

/** How an expression is written and compared. */
export interface ExpressionOptions {
  /** It stands for itself. */
  readonly isFixed: boolean;
  /** As `grep -E` reads it. */
  readonly isExtended: boolean;
  /** Large and small letters are the same. */
  readonly isFolded: boolean;
  /** It has to be all of the line. */
  readonly isWhole?: boolean;
}

type Node =
  | { readonly kind: "one"; readonly takes: (char: string) => boolean }
  | { readonly kind: "begin" | "end" }
  | Edge
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly least: number; readonly most: number };

const instructionsMax = 4_000;
const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /\d/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  xdigit: /[\da-fA-F]/,
};

const edges: Readonly<Record<string, Edge>> = {
  b: { kind: "edge", holds: (before, after) => before !== after },
  B: { kind: "edge", holds: (before, after) => before === after },
  "<": { kind: "edge", holds: (before, after) => !before && after },
  ">": { kind: "edge", holds: (before, after) => before && !after },
};

const isWord = (char = "") => /\w/.test(char);

class ExpressionProblem extends Error {}

/** Compiles an expression; `undefined` when it is none, or one that is too large. */
export function parseExpression(text: string, options: ExpressionOptions): Expression | undefined {
  try {
    const inner = options.isFixed ? sequenceOf(text, options) : parse(text, options);
    const whole: Node = { kind: "sequence", parts: [{ kind: "begin" }, inner, { kind: "end" }] };
    const program: Instruction[] = [];
    emit(program, options.isWhole ? whole : inner);
    program.push({ kind: "found" });
    return program;
  } catch (error) {
    if (error instanceof ExpressionProblem || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Where the first of the longest places is that an expression matches, from a place on. */
export function search(program: Expression, line: string, from = 0): readonly [from: number, to: number] | undefined {
  let found: [number, number] | undefined;
  /** From where each place of the machine was reached, at the earliest. */
  let states = new Map<number, number>();
  for (let at = from; ; at++) {
    if (!found) follow(program, states, { state: 0, start: at, at, line });
    const next = new Map<number, number>();
    for (const [state, start] of states) {
      if (found && start > found[0]) continue;
      const instruction = program[state];
      if (instruction?.kind === "found") {
        if (!found || start < found[0] || at > found[1]) found = [start, at];
      } else if (instruction?.kind === "one" && at < line.length && instruction.takes(line[at] ?? "")) {
        follow(program, next, { state: state + 1, start, at: at + 1, line });
      }
    }
    if (at >= line.length || (found && next.size === 0)) return found;
    states = next;
  }
}

interface Reach {
  readonly state: number;
  readonly start: number;
  readonly at: number;
  readonly line: string;
}

/** Adds a place of the machine, and those that are reached from it without a character. */
function follow(program: Expression, states: Map<number, number>, { state, start, at, line }: Reach): void {
  const waiting = [state];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const before = states.get(next);
    if (before !== undefined && before <= start) continue;
    states.set(next, start);
    const instruction = program[next];
    if (instruction?.kind === "split") waiting.push(...instruction.targets);
    if (instruction?.kind === "begin" && at === 0) waiting.push(next + 1);
    if (instruction?.kind === "end" && at === line.length) waiting.push(next + 1);
    if (instruction?.kind === "edge" && instruction.holds(isWord(line[at - 1]), isWord(line[at])))
      waiting.push(next + 1);
  }
}

function emit(program: Instruction[], node: Node): void {
  if (program.length > instructionsMax) throw new ExpressionProblem();
  switch (node.kind) {
    case "sequence":
      for (const part of node.parts) emit(program, part);
      return;
    case "choice": {
      const [first, ...rest] = node.parts;
      if (first && rest.length === 0) emit(program, first);
      if (!first || rest.length === 0) return;
      // A detour over an instruction that is filled in when it is known where the other way begins.
      const fork = program.push({ kind: "found" }) - 1;
      emit(program, first);
      const over = program.push({ kind: "found" }) - 1;
      program[fork] = { kind: "split", targets: [fork + 1, program.length] };
      emit(program, { kind: "choice", parts: rest });
      program[over] = { kind: "split", targets: [program.length, program.length] };
      return;
    }
    case "repeat": {
      for (let turn = 0; turn < node.least; turn++) emit(program, node.part);
      if (node.most === Number.POSITIVE_INFINITY) {
        const fork = program.push({ kind: "found" }) - 1;
        emit(program, node.part);
        program.push({ kind: "split", targets: [fork, fork] });
        program[fork] = { kind: "split", targets: [fork + 1, program.length] };
        return;
      }
      for (let turn = node.least; turn < node.most; turn++) {
        const fork = program.push({ kind: "found" }) - 1;
        emit(program, node.part);
        program[fork] = { kind: "split", targets: [fork + 1, program.length] };
      }
      return;
    }
    default:
      program.push(node);
  }
}

function sequenceOf(text: string, { isFolded }: ExpressionOptions): Node {
  return { kind: "sequence", parts: [...text].map((char) => ({ kind: "one", takes: same(char, isFolded) })) };
}

function same(char: string, isFolded: boolean): (other: string) => boolean {
  if (!isFolded) return (other) => other === char;
  const lower = char.toLowerCase();
  return (other) => other.toLowerCase() === lower;
}

/** Reads both ways of writing: in the basic one, operators have a backslash before them. */
function parse(text: string, options: ExpressionOptions): Node {
  const { isExtended, isFolded } = options;
  let at = 0;

  /** The operator at this place: `(`, `)`, `|`, `+`, `?`, `{`, as this way of writing has it. */
  function operator(): string | undefined {
    const char = text[at] ?? "";
    if (isExtended) return "()|+?{*".includes(char) ? char : undefined;
    if (char === "*") return char;
    const next = text[at + 1] ?? "";
    return char === "\\" && next !== "" && "()|+?{".includes(next) ? next : undefined;
  }
  const skipOperator = () => {
    at += isExtended || text[at] === "*" ? 1 : 2;
  };

  function choice(depth: number): Node {
    if (depth > 100) throw new ExpressionProblem();
    const parts = [sequence(depth)];
    while (at < text.length && operator() === "|") {
      skipOperator();
      parts.push(sequence(depth));
    }
    return { kind: "choice", parts };
  }

  function sequence(depth: number): Node {
    const parts: Node[] = [];
    const from = at;
    while (at < text.length) {
      const found = operator();
      if (found === "|" || (found === ")" && depth > 0)) break;
      if (text[at] === "^" && (isExtended || at === from)) {
        parts.push({ kind: "begin" });
        at++;
        continue;
      }
      const isLast = at + 1 === text.length || text.startsWith("\\)", at + 1) || text.startsWith("\\|", at + 1);
      if (text[at] === "$" && (isExtended || isLast)) {
        parts.push({ kind: "end" });
        at++;
        continue;
      }
      parts.push(repeated(atom(depth, parts.length === 0)));
    }
    return { kind: "sequence", parts };
  }

  function repeated(part: Node): Node {
    let node = part;
    for (let found = operator(); at < text.length; found = operator()) {
      if (found === "*") node = { kind: "repeat", part: node, least: 0, most: Number.POSITIVE_INFINITY };
      else if (found === "+") node = { kind: "repeat", part: node, least: 1, most: Number.POSITIVE_INFINITY };
      else if (found === "?") node = { kind: "repeat", part: node, least: 0, most: 1 };
      else if (found === "{") {
        const [whole, least = "", comma, most] =
          (isExtended ? /^\{(\d+)(,?)(\d*)\}/ : /^\\\{(\d+)(,?)(\d*)\\\}/).exec(text.slice(at, at + 20)) ?? [];
        if (whole === undefined) return node;
        const last = comma === "" ? Number(least) : most === "" ? Number.POSITIVE_INFINITY : Number(most);
        if (Number(least) > 255 || (last > 255 && last !== Number.POSITIVE_INFINITY)) throw new ExpressionProblem();
        node = { kind: "repeat", part: node, least: Number(least), most: last };
        at += whole.length;
        continue;
      } else return node;
      skipOperator();
    }
    return node;
  }

  function atom(depth: number, isFirst: boolean): Node {
    const found = operator();
    if (found === "(") {
      skipOperator();
      const inner = choice(depth + 1);
      if (operator() !== ")") throw new ExpressionProblem();
      skipOperator();
      return inner;
    }
    const char = text[at] ?? "";
    if (found !== undefined && isExtended && !isFirst && found !== "{" && found !== ")") throw new ExpressionProblem();
    at++;
    if (char === ".") return { kind: "one", takes: () => true };
    if (char === "[") return bracket();
    if (char !== "\\") return { kind: "one", takes: same(char, isFolded) };
    const next = text[at++];
    if (next === undefined) throw new ExpressionProblem();
    const edge = ownValue(edges, next);
    if (edge) return edge;
    const named = { w: /\w/, W: /\W/, s: /\s/, S: /\S/, d: /\d/ }[next];
    return { kind: "one", takes: named ? (other) => named.test(other) : same(next, isFolded) };
  }

  function bracket(): Node {
    const isNegated = text[at] === "^";
    if (isNegated) at++;
    const tests: ((char: string) => boolean)[] = [];
    for (const first = at; ; ) {
      const char = text[at];
      if (char === undefined) throw new ExpressionProblem();
      if (char === "]" && at > first) break;
      const [named, name = ""] = /^\[:(\w+):\]/.exec(text.slice(at, at + 12)) ?? [];
      if (named !== undefined) {
        const known = ownValue(classes, name);
        if (!known) throw new ExpressionProblem();
        tests.push((other) => known.test(other));
        at += named.length;
      } else if (text[at + 1] === "-" && text[at + 2] !== "]" && text[at + 2] !== undefined) {
        const [low, high] = [char, text[at + 2] ?? ""];
        const isIn = (other: string) => low <= other && other <= high;
        tests.push(isFolded ? (other) => isIn(other.toLowerCase()) || isIn(other.toUpperCase()) : isIn);
        at += 3;
      } else {
        tests.push(same(char, isFolded));
        at++;
      }
    }
    at++;
    return { kind: "one", takes: (char) => tests.some((test) => test(char)) !== isNegated };
  }

  const node = choice(0);
  if (at < text.length) throw new ExpressionProblem();
  return node;
}
