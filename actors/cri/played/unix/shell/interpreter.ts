import { setFile, waitFor, writeTo } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import { type OpenFile, openPipe, openText } from "../kernel/open_file.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { SignalName } from "../kernel/signals.ts";
import { matches, parseGlob } from "../patterns/glob.ts";
import { expandPieces, expandText, expandWords, valueOfExpression } from "./expansion.ts";
import { parseScript } from "./parser.ts";
import { closeFiles, closeOpened, copiedFiles, redirect } from "./redirections.ts";
import {
  type Evaluator,
  environmentOf,
  FunctionReturn,
  forkedShell,
  LoopJump,
  outOfMemory,
  type Shell,
  ShellExit,
  setVariable,
  shellComplains,
  valueBytesMax,
} from "./shell.ts";
import { runSimple, runWords } from "./simple_command.ts";
import {
  type Command,
  type CompoundCommand,
  type Pipeline,
  type Script,
  type ScriptItem,
  SyntaxProblem,
  textWord,
  type Word,
} from "./syntax.ts";
import { judgeTest } from "./test_command.ts";
import { runTraps } from "./traps.ts";

const depthMax = 200;
/** Of jobs that are over so many are remembered. */
const jobsMax = 64;

/** Runs a script's commands; `isTested` when a failure decides something and ends nothing. */
function* run(shell: Shell, script: Script, isTested: boolean): Running {
  if (shell.depth >= depthMax) {
    yield* shellComplains(shell, "maximum nesting level exceeded");
    throw new ShellExit(2);
  }
  shell.depth++;
  const { isLast } = shell;
  try {
    for (const [index, item] of script.entries()) {
      shell.isLast = isLast && index === script.length - 1 && !item.isBackground;
      if (shell.self.kernel.spend(1)) yield turn;
      if (shell.self.pending.length > 0) yield* runTraps(shell);
      shell.status = item.isBackground ? yield* runInBackground(shell, item) : yield* runItem(shell, item, isTested);
    }
    if (shell.self.pending.length > 0) yield* runTraps(shell);
    return shell.status;
  } finally {
    shell.depth--;
  }
}

function* runItem(shell: Shell, { first, rest }: ScriptItem, isTested: boolean): Running {
  const { isLast } = shell;
  shell.isLast = isLast && rest.length === 0;
  let status = yield* runPipeline(shell, first, isTested || rest.length > 0);
  for (const [index, { operator, pipeline }] of rest.entries()) {
    shell.status = status;
    shell.isLast = isLast && index === rest.length - 1;
    if ((operator === "&&") !== (status === 0)) continue;
    status = yield* runPipeline(shell, pipeline, isTested || index < rest.length - 1);
  }
  return status;
}

function* runPipeline(shell: Shell, { isNegated, isTimed, commands }: Pipeline, isTested: boolean): Running {
  const [only, ...others] = commands;
  if (!only) return 0;
  if (isTimed) return yield* timed(shell, { isNegated, commands }, isTested);
  const isJudged = isTested || isNegated;
  if (isNegated) shell.isLast = false;
  const status = others.length > 0 ? yield* runPiped(shell, commands) : yield* runCommand(shell, only, isJudged);
  if (isNegated) return status === 0 ? 1 : 0;
  if (status !== 0 && !isJudged && shell.options.has("e")) throw new ShellExit(status);
  return status;
}

/** Says how long it took; of a processor nothing is known that one could tell of one command. */
function* timed(shell: Shell, pipeline: Pipeline, isTested: boolean): Running {
  const { self } = shell;
  const clock = self.kernel.host.uptimeMs;
  const beganMs = clock();
  shell.isLast = false;
  const status = yield* runPipeline(shell, pipeline, isTested);
  const tookMs = Math.round(clock() - beganMs);
  const told = `${Math.floor(tookMs / 60_000)}m${((tookMs % 60_000) / 1_000).toFixed(3)}s`;
  yield* writeTo(self, self.files.get(2), `\nreal\t${told}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
  return status;
}

/** Each command of a pipeline is a process of its own. */
function* runPiped(shell: Shell, commands: readonly Command[]): Running {
  const { kernel } = shell.self;
  const children: Process[] = [];
  let input: OpenFile | undefined;
  for (const [index, command] of commands.entries()) {
    const files = new Map(shell.self.files);
    if (input) files.set(0, input);
    const pipe = index < commands.length - 1 ? openPipe(kernel.wake) : undefined;
    if (pipe) files.set(1, pipe.writer);
    input = pipe?.reader;
    const child = startSubshell(shell, files, (inner) => runCommand(inner, command, false));
    if (!child) return yield* cannotFork(shell);
    children.push(child);
  }
  const statuses: number[] = [];
  for (const child of children) statuses.push(yield* waitFor(child));
  if (!shell.options.has("pipefail")) return statuses.at(-1) ?? 0;
  return statuses.findLast((status) => status !== 0) ?? 0;
}

function* runInBackground(shell: Shell, item: ScriptItem): Running {
  const files = new Map(shell.self.files);
  files.set(0, openText(""));
  // Keys that interrupt are for what runs in the foreground.
  const child = startSubshell(shell, files, (inner) => runItem(inner, item, false), ["INT", "QUIT"]);
  if (!child) return yield* cannotFork(shell);
  if (shell.jobs.size >= jobsMax) for (const job of shell.jobs) if (job.status !== undefined) shell.jobs.delete(job);
  shell.jobs.add(child);
  shell.backgroundPid = child.pid;
  return 0;
}

/** Starts a copy of this shell as a process of its own. */
function startSubshell(
  shell: Shell,
  files: ReadonlyMap<number, OpenFile>,
  body: (inner: Shell) => Running,
  ignoring: readonly SignalName[] = [],
): Process | undefined {
  const { self } = shell;
  // As it is now, not as it will be when the copy begins to run.
  const copy = forkedShell(shell);
  return self.kernel.spawn({
    ...{ parent: self, argv: self.argv, env: environmentOf(shell), folder: self.folder, user: self.user, files },
    ignores: [...ignoring, ...[...self.handlers].flatMap(([name, handler]) => (handler === "ignore" ? [name] : []))],
    run: (process) => runShell({ ...copy, self: process }, body),
  });
}

function* cannotFork(shell: Shell): Running {
  yield* shellComplains(shell, "can't fork: Resource temporarily unavailable");
  throw new ShellExit(2);
}

/** Runs what a shell is for, up to its end: an exit, and the trap for that. */
export function* runShell(shell: Shell, body: (shell: Shell) => Running): Running {
  let status = yield* untilExit(shell, body);
  const trap = shell.traps.get("EXIT");
  if (trap !== undefined) {
    shell.traps.delete("EXIT");
    shell.status = status;
    shell.isLast = false;
    const before = status;
    status = yield* untilExit(shell, function* (inner) {
      yield* evaluator.runText(inner, trap);
      return before;
    });
  }
  return status;
}

function* untilExit(shell: Shell, body: (shell: Shell) => Running): Running {
  try {
    return yield* body(shell);
  } catch (error) {
    // The function that is left may be one of the shell above, which is another process.
    if (error instanceof ShellExit || error instanceof FunctionReturn) return error.status;
    // A jump whose loop is in the shell above.
    if (error instanceof LoopJump) return 0;
    throw error;
  }
}

function* runCommand(shell: Shell, command: Command, isTested: boolean): Running {
  if (command.kind === "simple") return yield* runSimple(shell, command, isTested);
  if (command.kind === "function") {
    shell.functions.set(command.name, command.body);
    return 0;
  }
  if (command.redirections.length === 0) return yield* runCompound(shell, command, isTested);
  const { self, opened } = shell;
  const outer = self.files;
  const files = copiedFiles(outer);
  const { length } = opened;
  try {
    if (!(yield* redirect(shell, files, command.redirections))) return 1;
    closeOpened(shell, length);
    self.files = files;
    return yield* runCompound(shell, command, isTested);
  } finally {
    self.files = outer;
    closeOpened(shell, length);
    closeFiles(files);
  }
}

function* runCompound(shell: Shell, command: CompoundCommand, isTested: boolean): Running {
  switch (command.kind) {
    case "group":
      return yield* run(shell, command.body, isTested);
    case "subshell": {
      const child = startSubshell(shell, shell.self.files, (inner) => run(inner, command.body, isTested));
      return child ? yield* waitFor(child) : yield* cannotFork(shell);
    }
    case "if": {
      const { isLast } = shell;
      for (const { condition, body } of command.branches) {
        shell.isLast = false;
        const holds = (yield* run(shell, condition, true)) === 0;
        shell.isLast = isLast;
        if (holds) return yield* runBody(shell, body, isTested);
      }
      return command.otherwise ? yield* runBody(shell, command.otherwise, isTested) : 0;
    }
    case "while":
    case "until":
      return yield* loop(shell, function* () {
        const holds = (yield* run(shell, command.condition, true)) === 0;
        if (holds !== (command.kind === "while")) return undefined;
        return yield* run(shell, command.body, isTested);
      });
    case "for": {
      const values = (command.words ? yield* expandWords(shell, command.words) : shell.positional)[Symbol.iterator]();
      return yield* loop(shell, function* () {
        const { done, value } = values.next();
        if (done) return undefined;
        const refused = setVariable(shell, command.name, { value });
        if (refused === undefined) return yield* run(shell, command.body, isTested);
        yield* shellComplains(shell, refused);
        throw new ShellExit(2);
      });
    }
    case "arithmetic":
      return (yield* valueOfExpression(shell, command.expression)) === "0" ? 1 : 0;
    case "test":
      return yield* judgeTest(shell, command.test);
    case "count": {
      const [first = [], condition = [], after = []] = command.parts;
      const value = (word: Word) => valueOfExpression(shell, word);
      const isEndless = condition.every((part) => part.kind === "text" && part.text.trim() === "");
      yield* value(first);
      let hasBegun = false;
      return yield* loop(shell, function* () {
        if (hasBegun) yield* value(after);
        hasBegun = true;
        if (!isEndless && (yield* value(condition)) === "0") return undefined;
        return yield* run(shell, command.body, isTested);
      });
    }
    case "case": {
      const subject = yield* expandText(shell, command.subject);
      for (const { patterns, body } of command.items) {
        for (const pattern of patterns) {
          if (matches(parseGlob(yield* expandPieces(shell, pattern)), subject))
            return yield* runBody(shell, body, isTested);
        }
      }
      return 0;
    }
  }
}

function* runBody(shell: Shell, body: Script, isTested: boolean): Running {
  shell.status = 0;
  return yield* run(shell, body, isTested);
}

/** Takes turns until there is none, or a jump leaves. */
function* loop(shell: Shell, takeTurn: () => Running<number | undefined>): Running {
  let status = 0;
  shell.isLast = false;
  shell.loops++;
  try {
    for (;;) {
      if (shell.self.kernel.spend(1)) yield turn;
      try {
        const outcome = yield* takeTurn();
        if (outcome === undefined) return status;
        status = outcome;
      } catch (error) {
        if (!(error instanceof LoopJump)) throw error;
        status = 0;
        if (--error.levels > 0 && shell.loops > 1) throw error;
        if (error.kind === "break") return status;
      }
    }
  } finally {
    shell.loops--;
  }
}

function* runText(shell: Shell, text: string): Running {
  let script: Script;
  try {
    script = parseScript(text, { isBash: shell.isBash });
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    yield* shellComplains(shell, `syntax error: ${error.message}`);
    return 2;
  }
  if (shell.self.kernel.spend(text.length / 64)) yield turn;
  return yield* run(shell, script, false);
}

function* substitute(shell: Shell, script: Script): Running<string> {
  let text = "";
  const sink: OpenFile = {
    ...{ holders: 0, canRead: false, canWrite: true },
    read: () => "",
    write(bytes) {
      if (text.length + bytes.length > valueBytesMax) outOfMemory();
      text += bytes;
      return bytes.length;
    },
  };
  const files = new Map(shell.self.files);
  files.set(1, sink);
  const whole = shell.isBash ? readingAll(script) : script;
  const child = startSubshell(shell, files, (inner) => run(inner, whole, false));
  if (!child) {
    yield* cannotFork(shell);
    return "";
  }
  shell.status = yield* waitFor(child);
  shell.substitutions++;
  let end = text.length;
  while (text[end - 1] === "\n") end--;
  return text.slice(0, end).replaceAll("\0", "");
}

/** Where nothing but a file to read from is named, `$(< file)`, that is for what is in it. */
function readingAll(script: Script): Script {
  const [item, other] = script;
  const [command, next] = item?.first.commands ?? [];
  if (!item || other || item.rest.length > 0 || next || command?.kind !== "simple") return script;
  const { words, assignments, redirections } = command;
  const isReading = redirections.length === 1 && redirections[0]?.operator === "<" && redirections[0].descriptor === 0;
  if (!isReading || words.length > 0 || assignments.length > 0) return script;
  const cat = { ...command, words: [textWord("cat")] };
  return [{ ...item, first: { ...item.first, commands: [cat] } }];
}

/** Descriptors of this kind are counted down from here. */
const openedFirst = 63;

function* readFrom(shell: Shell, script: Script): Running<string> {
  const { self, opened } = shell;
  const { reader, writer } = openPipe(self.kernel.wake);
  let descriptor = openedFirst;
  while (self.files.has(descriptor)) descriptor--;
  const files = new Map(self.files);
  files.set(1, writer);
  if (!startSubshell(shell, files, (inner) => run(inner, script, false))) yield* cannotFork(shell);
  setFile(self.files, descriptor, reader);
  opened.push(descriptor);
  return `/dev/fd/${descriptor}`;
}

/** Carries out scripts. */
export const evaluator: Evaluator = { run, runText, substitute, readFrom, runWords };
