import { type Awk, createAwk } from "../awk/interpreter.ts";
import { AwkProblem } from "../awk/lexer.ts";
import { parseAwk } from "../awk/parser.ts";
import { firstRecord } from "../awk/record.ts";
import { fromOutside, unescapedText } from "../awk/values.ts";
import { complain, readAll, readSome } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { inputsOf } from "./_inputs.ts";

/** Carries out a program for each line of its inputs; it knows no pipes, no `getline` and no `system`. */
export const awk: Program = {
  names: ["awk"],
  *run(self) {
    const { settings, separator, path, rest } = optionsOf(self.argv.slice(1));
    const source = path === undefined ? rest[0] : yield* textOf(self, path);
    const operands = path === undefined ? rest.slice(1) : rest;
    if (source === undefined) {
      if (path === undefined) yield* complain(self, "usage: awk [OPTIONS] [AWK_PROGRAM] [FILE]...");
      return 1;
    }
    try {
      const running = createAwk(self, parseAwk(source));
      if (separator !== undefined) running.set("FS", unescapedText(separator === "t" ? "\t" : separator));
      for (const setting of settings) set(running, setting);
      return yield* perform(self, running, operands);
    } catch (error) {
      if (!(error instanceof AwkProblem)) throw error;
      yield* complain(self, `cmd. line:1: ${error.message}`);
      return 2;
    }
  },
};

/** What comes before the program: it is no option, whatever it begins with. */
function optionsOf(words: readonly string[]) {
  const settings: string[] = [];
  const rest = [...words];
  let separator: string | undefined;
  let path: string | undefined;
  for (;;) {
    const [, letter, inline = ""] = /^-([vFf])([\s\S]*)$/.exec(rest[0] ?? "") ?? [];
    if (letter === undefined) break;
    rest.shift();
    const value = inline === "" ? (rest.shift() ?? "") : inline;
    if (letter === "v") settings.push(value);
    else if (letter === "F") separator = value;
    else path = value;
  }
  if (rest[0] === "--") rest.shift();
  return { settings, separator, path, rest };
}

function set(running: Awk, setting: string): boolean {
  const [, name, value = ""] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(setting) ?? [];
  if (name === undefined) return false;
  running.set(name, fromOutside(unescapedText(value)));
  return true;
}

function* textOf(self: Process, path: string): Running<string | undefined> {
  const { inputs } = yield* inputsOf(self, [path]);
  return inputs[0] ? yield* readAll(self, inputs[0].file) : undefined;
}

function* perform(self: Process, running: Awk, operands: readonly string[]): Running {
  if ((yield* running.begin()) || !running.reads) return yield* running.end();
  let hasFailed = false;
  let hasRead = false;
  for (const operand of [...operands, ""]) {
    if (operand === "" ? hasRead : set(running, operand)) continue;
    hasRead = true;
    const { inputs, hasFailed: isMissing } = yield* inputsOf(self, [operand || "-"]);
    hasFailed ||= isMissing;
    running.set("FILENAME", operand);
    running.set("FNR", 0);
    for (const { file } of inputs) {
      let text = "";
      for (let isEnd = false; !isEnd; ) {
        const bytes = yield* readSome(self, file);
        isEnd = bytes === "";
        text += bytes;
        for (;;) {
          const found = firstRecord(text, running.text("RS"), isEnd);
          if (!found) break;
          text = found.rest;
          if (yield* running.take(found.record)) return yield* running.end();
        }
      }
    }
  }
  const status = yield* running.end();
  return status === 0 && hasFailed ? 1 : status;
}
