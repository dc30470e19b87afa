import { ownValue } from "../../../../api/types.ts";
import { errorTexts } from "../files/errno.ts";
import { writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Expression as Pattern } from "../patterns/expression.ts";
import { outOfMemory, valueBytesMax } from "../shell/shell.ts";
import { createFrame, elementsIn, type Frame } from "./frames.ts";
import { createRandom, matched, plainFunctions, replaced, undefinedFunction } from "./functions.ts";
import { AwkProblem } from "./lexer.ts";
import { patternOf } from "./parser.ts";
import { parted } from "./record.ts";
import { createStreams } from "./streams.ts";
import type { AwkProgram, Expr, Place, Rule, Statement } from "./syntax.ts";
import { calculated, compared, formatted, fromOutside, isTrue, numberOf, textOf, unset, type Value } from "./values.ts";

/** A program of awk at work. */
export interface Awk {
  /** Whether it has something to do with records, or behind them. */
  readonly reads: boolean;
  set(name: string, value: Value): void;
  text(name: string): string;
  /** Does what is to be done before there are records; true when it has ended with that. */
  begin(): Running<boolean>;
  /** Takes a record; true when it is the last one. */
  take(record: string): Running<boolean>;
  /** Does what is to be done behind all records; its exit status. */
  end(): Running;
}

/** How a statement ended, where it did not just go on. */
type Jump =
  | { readonly kind: "break" | "continue" | "next" | "exit" }
  | { readonly kind: "return"; readonly value: Value };

/** What variables are before a program begins. */
const preset: Readonly<Record<string, Value>> = {
  ...{ FS: " ", OFS: " ", ORS: "\n", RS: "\n", SUBSEP: "\x1c", CONVFMT: "%.6g", OFMT: "%.6g" },
  ...{ NR: 0, NF: 0, FNR: 0 },
};

const elementsMax = 100_000;
const depthMax = 200;

/** Makes one; what it reads is given to it, and what it asks for itself comes of `nextRecord`. */
export function createAwk(self: Process, program: AwkProgram, nextRecord: () => Running<string | undefined>): Awk {
  const globals = createFrame();
  for (const [name, value] of Object.entries(preset)) globals.variables.set(name, value);
  globals.variables.set("ENVIRON", new Map([...self.env].map(([name, value]) => [name, fromOutside(value)])));
  const streams = createStreams(self);
  const patterns = new Map<string, Pattern>();
  const within = new Map<Rule, boolean>();
  const random = createRandom();
  const frames: Frame[] = [];
  let record = "";
  /** Undefined: the record has not been taken apart yet. */
  let fields: string[] | undefined = [];
  let status = 0;

  function frameOf(name: string): Frame {
    const own = frames.at(-1);
    return own?.variables.has(name) ? own : globals;
  }
  const elements = (name: string) => elementsIn(frameOf(name), name);
  const text = (value: Value) => textOf(value, textOf(variable("CONVFMT")));

  function variable(name: string): Value {
    if (name === "NF") return parts().length;
    const value = frameOf(name).variables.get(name) ?? unset;
    if (value instanceof Map) throw new AwkProblem(`${name} is an array`);
    return value;
  }

  function parts(): string[] {
    fields ??= parted(record, textOf((globals.variables.get("FS") ?? " ") as Value));
    return fields;
  }

  function field(at: number): Value {
    if (at < 0) throw new AwkProblem("Access to negative field");
    const found = at === 0 ? record : parts()[at - 1];
    return found === undefined ? unset : fromOutside(found);
  }

  function join(all: string[]): void {
    fields = all;
    record = all.join(textOf(variable("OFS")));
  }

  function setField(at: number, value: string): void {
    if (at === 0) {
      record = value;
      fields = undefined;
      return;
    }
    if (at > elementsMax || at < 0) throw new AwkProblem(`No field ${at}`);
    const all = [...parts()];
    while (all.length < at) all.push("");
    all[at - 1] = value;
    join(all);
  }

  function store(name: string, value: Value): void {
    if (name === "NF") {
      const length = Math.max(0, Math.min(elementsMax, numberOf(value)));
      join(Array.from({ length }, (_, at) => parts()[at] ?? ""));
      return;
    }
    const { variables } = frameOf(name);
    if (variables.get(name) instanceof Map) throw new AwkProblem(`${name} is an array`);
    variables.set(name, value);
  }

  function* keyOf(keys: readonly Expr[]): Running<string> {
    const all: string[] = [];
    for (const key of keys) all.push(text(yield* evaluate(key)));
    return all.join(textOf(variable("SUBSEP")));
  }

  function* assign(place: Place, value: Value): Running<Value> {
    if (typeof value !== "number" && textOf(value).length > valueBytesMax) outOfMemory();
    if (place.kind === "variable") store(place.name, value);
    else if (place.kind === "field") setField(Math.trunc(numberOf(yield* evaluate(place.of))), text(value));
    else {
      const all = elements(place.name);
      if (all.size >= elementsMax) outOfMemory();
      all.set(yield* keyOf(place.keys), value);
    }
    return value;
  }

  function* patternFrom(expr: Expr): Running<Pattern> {
    if (expr.kind === "pattern") return expr.pattern;
    const source = text(yield* evaluate(expr));
    const known = patterns.get(source) ?? patternOf(source);
    if (patterns.size < 100) patterns.set(source, known);
    return known;
  }

  function* truth(expr: Expr): Running<boolean> {
    return isTrue(yield* evaluate(expr));
  }

  function* evaluate(expr: Expr): Running<Value> {
    if (self.kernel.spend(0.2)) yield turn;
    switch (expr.kind) {
      case "number":
      case "text":
        return expr.value;
      case "pattern":
        return Number(matched(record, expr.pattern)[0] > 0);
      case "variable":
        return variable(expr.name);
      case "field":
        return field(Math.trunc(numberOf(yield* evaluate(expr.of))));
      case "element": {
        const all = elements(expr.name);
        const key = yield* keyOf(expr.keys);
        // Who looks for an element makes it.
        if (!all.has(key)) {
          if (all.size >= elementsMax) outOfMemory();
          all.set(key, unset);
        }
        return all.get(key) ?? unset;
      }
      case "assign": {
        const value = yield* evaluate(expr.value);
        const { operator, place } = expr;
        return yield* assign(place, operator === "" ? value : calculated(operator, yield* evaluate(place), value));
      }
      case "step": {
        const before = numberOf(yield* evaluate(expr.place));
        yield* assign(expr.place, before + expr.by);
        return expr.isBefore ? before + expr.by : before;
      }
      case "choice":
        return yield* evaluate((yield* truth(expr.test)) ? expr.yes : expr.no);
      case "unary": {
        if (expr.operator === "!") return Number(!(yield* truth(expr.of)));
        const value = yield* evaluate(expr.of);
        return expr.operator === "(" ? value : expr.operator === "-" ? -numberOf(value) : numberOf(value);
      }
      case "in":
        return Number(elements(expr.name).has(yield* keyOf(expr.keys)));
      case "binary":
        return yield* binary(expr);
      case "call":
        return yield* call(expr);
      case "getline":
        return yield* getLine(expr);
    }
  }

  /** 1 when there was a record, 0 at the end, -1 where none can be read. */
  function* getLine({ from, into }: Extract<Expr, { readonly kind: "getline" }>): Running<Value> {
    const found = from
      ? yield* streams.read({ kind: from.kind, name: text(yield* evaluate(from.of)) }, textOf(variable("RS")))
      : yield* nextRecord();
    if (found === "failed") return -1;
    if (found === undefined) return 0;
    // What comes of a file is nobody's record but this one's.
    const counters = from ? (from.kind === "command" ? ["NR"] : []) : ["NR", "FNR"];
    for (const counter of counters) store(counter, numberOf(variable(counter)) + 1);
    if (into) yield* assign(into, fromOutside(found));
    else setField(0, found);
    return 1;
  }

  function* binary({ operator, left, right }: Extract<Expr, { readonly kind: "binary" }>): Running<Value> {
    if (operator === "&&") return Number((yield* truth(left)) && (yield* truth(right)));
    if (operator === "||") return Number((yield* truth(left)) || (yield* truth(right)));
    const first = yield* evaluate(left);
    if (operator === "~" || operator === "!~") {
      const isFound = matched(text(first), yield* patternFrom(right))[0] > 0;
      return Number(isFound === (operator === "~"));
    }
    const second = yield* evaluate(right);
    if (operator === " ") return text(first) + text(second);
    if (!/[<>=]/.test(operator)) return calculated(operator, first, second);
    const order = compared(first, second);
    const outcomes = { "<": order < 0, "<=": order <= 0, "==": order === 0, "!=": order !== 0, ">": order > 0 };
    return Number(outcomes[operator as keyof typeof outcomes] ?? order >= 0);
  }

  function* call({ name, values }: Extract<Expr, { readonly kind: "call" }>): Running<Value> {
    const own = program.functions.get(name);
    if (own) return yield* callOwn(own, values);
    const [first, second, third] = values;
    if (name === "length") {
      if (first?.kind === "variable" && frameOf(first.name).variables.get(first.name) instanceof Map)
        return elements(first.name).size;
      return first ? text(yield* evaluate(first)).length : record.length;
    }
    if ((name === "sub" || name === "gsub") && first && second) {
      const pattern = yield* patternFrom(first);
      const by = text(yield* evaluate(second));
      const target: Expr = third ?? { kind: "field", of: { kind: "number", value: 0 } };
      const made = replaced(text(yield* evaluate(target)), { pattern, by, isGlobal: name === "gsub" });
      const isPlace = target.kind === "variable" || target.kind === "field" || target.kind === "element";
      if (made.count > 0 && isPlace) yield* assign(target, made.text);
      return made.count;
    }
    if (name === "match" && first && second) {
      const [start, length] = matched(text(yield* evaluate(first)), yield* patternFrom(second));
      store("RSTART", start);
      store("RLENGTH", length);
      return start;
    }
    if (name === "split" && first && second?.kind === "variable") {
      const whole = text(yield* evaluate(first));
      const separator =
        third?.kind === "pattern" ? third.pattern : third ? text(yield* evaluate(third)) : textOf(variable("FS"));
      const found = parted(whole, separator);
      const all = elements(second.name);
      all.clear();
      for (const [at, part] of found.entries()) all.set(String(at + 1), fromOutside(part));
      return found.length;
    }
    if (name === "rand") return random.rand();
    const given: Value[] = [];
    for (const value of values) given.push(yield* evaluate(value));
    if (name === "system") return yield* streams.system(text(given[0] ?? ""));
    if (name === "close") return yield* streams.close(text(given[0] ?? ""));
    // What is written is written at once.
    if (name === "fflush") return 0;
    if (name === "srand") return random.srand(numberOf(given[0] ?? self.kernel.host.wallMs() / 1000));
    if (name === "systime") return Math.floor(self.kernel.host.wallMs() / 1000);
    return ownValue(plainFunctions, name)?.(given) ?? undefinedFunction(name);
  }

  function* callOwn(
    { parameters, body }: { readonly parameters: readonly string[]; readonly body: readonly Statement[] },
    values: readonly Expr[],
  ): Running<Value> {
    if (frames.length >= depthMax) throw new AwkProblem("Nested too deep");
    const frame = createFrame();
    for (const [at, name] of parameters.entries()) {
      const expr = values[at];
      const given = expr?.kind === "variable" ? { frame: frameOf(expr.name), name: expr.name } : undefined;
      const held = given?.frame.variables.get(given.name);
      if (given && (held === undefined || held === unset)) frame.lent.set(name, given);
      frame.variables.set(name, held instanceof Map ? held : expr ? yield* evaluate(expr) : unset);
    }
    frames.push(frame);
    const jump = yield* run(body);
    frames.pop();
    if (jump?.kind === "exit" || jump?.kind === "next")
      throw new AwkProblem(`${jump.kind} in a function is not played`);
    return jump?.kind === "return" ? jump.value : unset;
  }

  function* run(statements: readonly Statement[]): Running<Jump | undefined> {
    for (const statement of statements) {
      const jump = yield* perform(statement);
      if (jump) return jump;
    }
    return undefined;
  }

  function* perform(statement: Statement): Running<Jump | undefined> {
    if (self.kernel.spend(0.5)) yield turn;
    switch (statement.kind) {
      case "value":
        yield* evaluate(statement.of);
        return undefined;
      case "print":
      case "printf":
        yield* print(statement);
        return undefined;
      case "if":
        return yield* run((yield* truth(statement.test)) ? statement.yes : statement.no);
      case "loop":
        return yield* loop(statement);
      case "each":
        return yield* each(statement);
      case "delete":
        if (statement.keys) elements(statement.name).delete(yield* keyOf(statement.keys));
        else elements(statement.name).clear();
        return undefined;
      case "exit":
        if (statement.value) status = numberOf(yield* evaluate(statement.value));
        return { kind: "exit" };
      case "return":
        return { kind: "return", value: statement.value ? yield* evaluate(statement.value) : unset };
      default:
        return { kind: statement.kind };
    }
  }

  function* loop({ first, loop }: Extract<Statement, { readonly kind: "loop" }>): Running<Jump | undefined> {
    yield* run(first);
    for (let isAsked = !loop.isAskedLater; ; isAsked = true) {
      if (isAsked && loop.test && !(yield* truth(loop.test))) return undefined;
      const jump = yield* run(loop.body);
      if (jump?.kind === "break") return undefined;
      if (jump && jump.kind !== "continue") return jump;
      yield* run(loop.after);
      if (self.kernel.spend(0.5)) yield turn;
    }
  }

  function* each({ name, of, body }: Extract<Statement, { readonly kind: "each" }>): Running<Jump | undefined> {
    for (const key of [...elements(of).keys()]) {
      store(name, fromOutside(key));
      const jump = yield* run(body);
      if (jump?.kind === "break") return undefined;
      if (jump && jump.kind !== "continue") return jump;
    }
    return undefined;
  }

  function* print({ kind, values, into }: Extract<Statement, { readonly kind: "print" | "printf" }>): Running<void> {
    const given: Value[] = [];
    for (const value of values) given.push(yield* evaluate(value));
    const form = textOf(variable("OFMT"));
    const line = values.length === 0 ? record : given.map((value) => textOf(value, form)).join(textOf(variable("OFS")));
    const bytes = kind === "print" ? line + textOf(variable("ORS")) : formatted(text(given[0] ?? ""), given.slice(1));
    if (into) return yield* streams.write({ ...into, name: text(yield* evaluate(into.path)) }, bytes);
    const error = yield* writeTo(self, self.files.get(1), bytes);
    if (error !== undefined) throw new AwkProblem(`write error: ${errorTexts[error]}`);
  }

  function* takes(rule: Rule): Running<boolean> {
    const { from, to } = rule;
    if (!from) return true;
    if (!to) return yield* truth(from);
    if (!within.get(rule) && !(yield* truth(from))) return false;
    within.set(rule, !(yield* truth(to)));
    return true;
  }

  return {
    reads: program.rules.length > 0 || program.end.length > 0,
    set: store,
    text: (name) => textOf(variable(name)),
    *begin() {
      return (yield* run(program.begin))?.kind === "exit";
    },
    *take(next) {
      record = next;
      fields = undefined;
      for (const counter of ["NR", "FNR"]) store(counter, numberOf(variable(counter)) + 1);
      for (const rule of program.rules) {
        if (!(yield* takes(rule))) continue;
        const jump = yield* run(rule.body);
        if (jump?.kind === "next") return false;
        if (jump?.kind === "exit") return true;
      }
      return false;
    },
    *end() {
      yield* run(program.end);
      yield* streams.closeAll();
      return status;
    },
  };
}
