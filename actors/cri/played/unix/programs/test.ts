import { hasFailed } from "../files/errno.ts";
import { sizeOf } from "../files/file_node.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, programName } from "../kernel/io.ts";
import type { Process, Program } from "../kernel/process.ts";

/** `test`, `[`: asks what holds of files, texts and numbers. */
export const test: Program = {
  names: ["test", "[", "[["],
  *run(self) {
    const name = programName(self);
    const words = self.argv.slice(1);
    if (name !== "test" && words.pop() !== name.replaceAll("[", "]")) {
      yield* complain(self, `missing ${name.replaceAll("[", "]")}`);
      return 2;
    }
    const outcome = evaluate(self, words);
    if (typeof outcome === "boolean") return outcome ? 0 : 1;
    yield* complain(self, outcome);
    return 2;
  },
};

const fileTests = "bcdefghkLOprSsuwxG";
const binary = new Set(["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);

/** Whether it holds, or what is wrong with the question. */
function evaluate(self: Process, words: readonly string[]): boolean | string {
  let at = 0;
  let problem: string | undefined;
  const fail = (text: string) => {
    problem ??= text;
    return false;
  };

  function or(): boolean {
    let value = and();
    while (words[at] === "-o") {
      at++;
      const right = and();
      value ||= right;
    }
    return value;
  }

  function and(): boolean {
    let value = not();
    while (words[at] === "-a") {
      at++;
      const right = not();
      value &&= right;
    }
    return value;
  }

  function not(): boolean {
    let isNegated = false;
    while (words[at] === "!" && at + 1 < words.length && !binary.has(words[at + 1] ?? "")) {
      at++;
      isNegated = !isNegated;
    }
    return primary() !== isNegated;
  }

  function primary(): boolean {
    const [first, second, third] = words.slice(at, at + 3);
    if (first === undefined) return fail("argument expected");
    if (second !== undefined && third !== undefined && binary.has(second)) {
      at += 3;
      return compare(first, second, third);
    }
    if (first === "(" && at + 1 < words.length) {
      at++;
      const value = or();
      return words[at++] === ")" ? value : fail("closing paren expected");
    }
    const [, letter] = /^-([a-zA-Z])$/.exec(first) ?? [];
    if (letter !== undefined && second !== undefined && ("nzt".includes(letter) || fileTests.includes(letter))) {
      at += 2;
      if (letter === "n" || letter === "z") return (second === "") === (letter === "z");
      if (letter === "t") return self.files.get(Number(second))?.isTerminal ?? false;
      return testFile(self, letter, second);
    }
    at++;
    return first !== "";
  }

  function compare(left: string, operator: string, right: string): boolean {
    switch (operator) {
      case "=":
      case "==":
        return left === right;
      case "!=":
        return left !== right;
      case "<":
        return left < right;
      case ">":
        return left > right;
      case "-nt":
        return timeOf(self, left) > timeOf(self, right);
      case "-ot":
        return timeOf(self, left) < timeOf(self, right);
      case "-ef":
        return resolvePath(self.folder, left) === resolvePath(self.folder, right);
    }
    const [a, b] = [numberOf(left), numberOf(right)];
    if (a === undefined || b === undefined) return fail(`${a === undefined ? left : right}: bad number`);
    switch (operator) {
      case "-eq":
        return a === b;
      case "-ne":
        return a !== b;
      case "-lt":
        return a < b;
      case "-le":
        return a <= b;
      case "-gt":
        return a > b;
      default:
        return a >= b;
    }
  }

  if (words.length === 0) return false;
  // With so few words what looks like an operator is a text.
  if (words.length === 1) return words[0] !== "";
  const value = or();
  if (problem !== undefined) return problem;
  return at < words.length ? `${words[at]}: unknown operand` : value;
}

function numberOf(text: string): bigint | undefined {
  return /^\s*[+-]?\d{1,30}\s*$/.test(text) ? BigInt(text.trim().replace("+", "")) : undefined;
}

function timeOf(self: Process, path: string): number {
  const node = self.kernel.host.tree.find(resolvePath(self.folder, path));
  return hasFailed(node) ? Number.NEGATIVE_INFINITY : node.modifiedMs;
}

function testFile(self: Process, letter: string, path: string): boolean {
  if (path === "") return false;
  const isLink = letter === "L" || letter === "h";
  const node = self.kernel.host.tree.find(resolvePath(self.folder, path), isLink);
  if (hasFailed(node)) return false;
  switch (letter) {
    case "f":
      return node.kind === "file";
    case "d":
      return node.kind === "folder";
    case "L":
    case "h":
      return node.kind === "link";
    case "c":
      return node.kind === "special";
    case "s":
      return sizeOf(node) > 0;
    case "x":
      return node.kind === "folder" || (node.mode & 0o111) !== 0;
    case "k":
    case "u":
    case "g":
    case "b":
    case "p":
    case "S":
      return false;
    default:
      return true;
  }
}
