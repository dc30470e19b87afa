import { executable } from "../kernel/executable.ts";
import { waitFor, writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { OpenFile } from "../kernel/open_file.ts";
import { type Process, ProcessExit, type Program, type Running, toEnd } from "../kernel/process.ts";
import { executableForGood } from "../kernel/run_command.ts";
import { elementsOf, keyOf, setElements } from "./arrays.ts";
import type { Builtin } from "./builtin.ts";
import { all } from "./builtins/all.ts";
import { expandText, expandWords } from "./expansion.ts";
import { closeFiles, closeOpened, copiedFiles, redirect } from "./redirections.ts";
import {
  environmentOf,
  FunctionReturn,
  type Shell,
  ShellExit,
  setVariable,
  shellComplains,
  shellName,
  variable,
} from "./shell.ts";
import type { Assignment, Redirection, SimpleCommand } from "./syntax.ts";

const builtins: ReadonlyMap<string, Builtin> = new Map(
  all.flatMap((each: Builtin) => each.names.map((name) => [name, each] as const)),
);

function builtinOf(shell: Shell, name: string): Builtin | undefined {
  const found = builtins.get(name);
  return found?.isOfBash && !shell.isBash ? undefined : found;
}

/** Programs that a shell runs by itself. */
const inside = new Set(["echo", "printf", "test", "[", "[[", "true", "false", "pwd", "kill"]);

/** Runs a command that is made of words. */
export function* runSimple(shell: Shell, command: SimpleCommand, isTested: boolean): Running {
  const { length } = shell.opened;
  try {
    return yield* runExpanded(shell, command, isTested);
  } finally {
    closeOpened(shell, length);
  }
}

function* runExpanded(shell: Shell, command: SimpleCommand, isTested: boolean): Running {
  const { redirections } = command;
  const substitutions = shell.substitutions;
  const words = yield* expandWords(shell, command.words);
  const [name] = words;
  if (name === undefined) {
    yield* assign(shell, command.assignments);
    const status = shell.substitutions === substitutions ? 0 : shell.status;
    return redirections.length === 0 ? status : yield* withFiles(shell, redirections, () => status);
  }
  if (shell.options.has("x")) yield* writeTo(shell.self, shell.self.files.get(2), `+ ${words.join(" ")}\n`);
  const body = shell.functions.get(name);
  const builtin = builtinOf(shell, name);
  if (!body && !builtin && !inside.has(name)) return yield* runProgram(shell, words, command);
  // What `exec` opens stays open.
  if (builtin?.keepsFiles && words.length === 1) {
    return (yield* redirect(shell, shell.self.files, redirections)) ? 0 : 1;
  }
  if (!body) shell.isLast = false;
  const undo = yield* assignForNow(shell, command.assignments, builtin?.keepsVariables ?? false);
  try {
    const run = () => (body ? callFunction(shell, words, isTested) : runWords(shell, words));
    const status = yield* redirections.length === 0 ? run() : withFiles(shell, redirections, run);
    if (command.arrays) yield* assign(shell, command.arrays);
    return status;
  } finally {
    undo();
  }
}

/** Runs a builtin or a program by its words. */
export function* runWords(shell: Shell, words: readonly string[]): Running {
  const [name = ""] = words;
  const builtin = builtinOf(shell, name);
  if (builtin) return yield* toEnd(builtin.run(shell, words.slice(1)));
  if (!inside.has(name)) return yield* runProgram(shell, words, { assignments: [], redirections: [] });
  const program = shell.self.kernel.host.programs.get(name);
  return program ? yield* runInside(shell, program, words) : 127;
}

/** Runs a program as a part of this process. */
function* runInside({ self }: Shell, program: Program, words: readonly string[]): Running {
  const { argv } = self;
  if (self.kernel.spend(1)) yield turn;
  self.argv = words;
  try {
    return yield* toEnd(program.run(self));
  } catch (error) {
    if (error instanceof ProcessExit && error.status < 128) return error.status;
    throw error;
  } finally {
    self.argv = argv;
  }
}

function* callFunction(shell: Shell, words: readonly string[], isTested: boolean): Running {
  const [name = "", ...parameters] = words;
  const body = shell.functions.get(name);
  if (!body) return 127;
  const { positional } = shell;
  shell.positional = parameters;
  shell.locals.push(new Map());
  try {
    return yield* shell.evaluator.run(
      shell,
      [{ first: { isNegated: false, commands: [body] }, rest: [], isBackground: false }],
      isTested,
    );
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    shell.positional = positional;
    for (const [local, before] of shell.locals.pop() ?? []) {
      if (before) shell.variables.set(local, before);
      else shell.variables.delete(local);
    }
  }
}

function* runProgram(
  shell: Shell,
  words: readonly string[],
  { assignments, redirections }: Pick<SimpleCommand, "assignments" | "redirections">,
): Running {
  const { self } = shell;
  const env = environmentOf(shell);
  for (const { name, value } of assignments) env.set(name, yield* expandText(shell, value));
  const files = redirections.length === 0 ? undefined : copiedFiles(self.files);
  try {
    if (files && !(yield* redirect(shell, files, redirections))) return 1;
    const isForGood = shell.isLast && shell.traps.size === 0;
    const search = isForGood ? executableForGood : executable;
    const found = search(self, words, env.get("PATH") ?? variable(shell, "PATH"));
    if (!found.ok) {
      const saying = `${shellName(self)}: ${words[0]}: ${found.text}\n`;
      yield* writeTo(self, (files ?? self.files).get(2), saying);
      return found.status;
    }
    if (isForGood) return yield* become(shell, found, { env, files: files ?? self.files });
    const child = startProgram(shell, found, { env, files: files ?? self.files });
    if (child) return yield* waitFor(child);
    yield* shellComplains(shell, "can't fork: Resource temporarily unavailable");
    throw new ShellExit(2);
  } finally {
    if (files) closeFiles(files);
  }
}

interface Outfit {
  readonly env: Map<string, string>;
  readonly files: Map<number, OpenFile>;
}

/** The shell's process is the program from now on: nothing would come behind it. */
function* become({ self }: Shell, { program, argv }: Found, { env, files }: Outfit): Running<never> {
  const outer = self.files;
  self.argv = argv;
  self.env = env;
  self.files = files;
  // What was caught goes with the script; what is ignored stays so.
  for (const [name, handler] of self.handlers) if (handler === "catch") self.handlers.delete(name);
  self.pending.length = 0;
  try {
    throw new ProcessExit(yield* toEnd(program.run(self)));
  } finally {
    self.files = outer;
  }
}

interface Found {
  readonly program: Program;
  readonly argv: readonly string[];
}

function startProgram({ self }: Shell, { program, argv }: Found, { env, files }: Outfit): Process | undefined {
  const ignores = [...self.handlers].flatMap(([name, handler]) => (handler === "ignore" ? [name] : []));
  const { folder, user } = self;
  return self.kernel.spawn({
    parent: self,
    argv,
    env,
    folder,
    user,
    files,
    ignores,
    run: (child) => toEnd(program.run(child)),
  });
}

function* withFiles(shell: Shell, redirections: readonly Redirection[], run: () => Running | number): Running {
  const { self } = shell;
  const outer = self.files;
  const files = copiedFiles(outer);
  try {
    if (!(yield* redirect(shell, files, redirections))) return 1;
    self.files = files;
    return yield* toEnd(run());
  } finally {
    self.files = outer;
    closeFiles(files);
  }
}

function* assign(shell: Shell, assignments: readonly Assignment[]): Running<void> {
  for (const assignment of assignments) {
    const { name, value, appends } = assignment;
    const refused =
      assignment.elements || assignment.index
        ? yield* assignElements(shell, assignment)
        : yield* assignText(shell, { name, value, appends });
    if (refused === undefined) continue;
    yield* shellComplains(shell, refused);
    throw new ShellExit(2);
  }
}

function* assignText(shell: Shell, { name, value, appends }: Assignment): Running<string | undefined> {
  const text = yield* expandText(shell, value);
  return setVariable(shell, name, { value: appends ? (variable(shell, name) ?? "") + text : text });
}

/** Sets an element of an array, or all of them. */
function* assignElements(
  shell: Shell,
  { name, value, appends, index, elements = [] }: Assignment,
): Running<string | undefined> {
  if (index) {
    const key = yield* keyOf(shell, name, yield* expandText(shell, index));
    const text = yield* expandText(shell, value);
    const before = elementsOf(shell, name);
    return setElements(shell, name, new Map([...before, [key, appends ? (before.get(key) ?? "") + text : text]]));
  }
  const made = new Map(appends ? elementsOf(shell, name) : []);
  const isKeyed = shell.variables.get(name)?.isKeyed ?? false;
  let next = isKeyed ? 0 : Math.max(-1, ...[...made.keys()].map(Number)) + 1;
  for (const element of elements) {
    if (element.index) {
      const key = yield* keyOf(shell, name, yield* expandText(shell, element.index));
      made.set(key, yield* expandText(shell, element.value));
      if (!isKeyed) next = Number(key) + 1;
    } else for (const word of yield* expandWords(shell, [element.value])) made.set(String(next++), word);
  }
  return setElements(shell, name, made);
}

/** Assigns for the time of a command; the result takes it back. */
function* assignForNow(shell: Shell, assignments: readonly Assignment[], isForGood: boolean): Running<() => void> {
  const before = assignments.map(({ name }) => [name, shell.variables.get(name)] as const);
  yield* assign(shell, assignments);
  if (isForGood) return () => {};
  for (const { name } of assignments)
    setVariable(shell, name, { value: variable(shell, name) ?? "", isExported: true });
  return () => {
    for (const [name, variable] of before) {
      if (variable) shell.variables.set(name, variable);
      else shell.variables.delete(name);
    }
  };
}
