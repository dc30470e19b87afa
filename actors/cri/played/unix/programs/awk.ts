import { type Awk, createAwk } from "../awk/interpreter.ts";
import { AwkProblem } from "../awk/lexer.ts";
import { parseAwk } from "../awk/parser.ts";
import { firstRecord } from "../awk/record.ts";
import { fromOutside, unescapedText } from "../awk/values.ts";
import { complain, readAll, readSome } from "../kernel/io.ts";
import type { Process, Program, Running, Wait } from "../kernel/process.ts";
import { inputsOf } from "./_inputs.ts";

/** Carries out a program for each line of its inputs. */
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
      const told = { hasFailed: false };
      const next = () => nextOf(records);
      const running = createAwk(self, parseAwk(source), next);
      const records = recordsOf(self, running, { operands, told });
      if (separator !== undefined) running.set("FS", unescapedText(separator === "t" ? "\t" : separator));
      for (const setting of settings) set(running, setting);
      return yield* perform(running, told, next);
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

/** Reads the records of all inputs, one after the other, each when it is asked for. */
function* recordsOf(self: Process, running: Awk, { operands, told }: Inputs): Generator<Wait | Found, void, void> {
  let hasRead = false;
  for (const operand of [...operands, ""]) {
    if (operand === "" ? hasRead : set(running, operand)) continue;
    hasRead = true;
    const { inputs, hasFailed } = yield* inputsOf(self, [operand || "-"]);
    told.hasFailed ||= hasFailed;
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
          yield { record: found.record };
        }
      }
    }
  }
}

/** A record, where a wait could be. */
interface Found {
  readonly record: string;
}

interface Inputs {
  readonly operands: readonly string[];
  readonly told: { hasFailed: boolean };
}

function* nextOf(records: Generator<Wait | Found, void, void>): Running<string | undefined> {
  for (;;) {
    const { done, value } = records.next();
    if (done || value === undefined) return undefined;
    if ("record" in value) return value.record;
    yield value;
  }
}

function* perform(running: Awk, told: Inputs["told"], next: () => Running<string | undefined>): Running {
  if ((yield* running.begin()) || !running.reads) return yield* running.end();
  for (let record = yield* next(); record !== undefined; record = yield* next()) {
    if (yield* running.take(record)) return yield* running.end();
  }
  const status = yield* running.end();
  return status === 0 && told.hasFailed ? 1 : status;
}
