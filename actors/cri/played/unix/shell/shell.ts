import { writeTo } from "../kernel/io.ts";
import { type Process, ProcessExit, type Running } from "../kernel/process.ts";
import type { SignalName } from "../kernel/signals.ts";
import type { Command, Script } from "./syntax.ts";

/** A variable of a shell. */
export interface Variable {
  readonly value: string;
  readonly isExported: boolean;
  readonly isReadonly: boolean;
  /** The elements of an array, in the order in which they are told; `value` is that of 0. Default: it is no array. */
  readonly elements?: ReadonlyMap<string, string>;
  /** Its elements have names, not numbers. Default false. */
  readonly isKeyed?: boolean;
}

/** What `set` switches: `e` ends at a failure, `u` at a variable that is not set, `x` tells of each command. */
export type ShellOption = "e" | "u" | "x" | "f" | "n" | "pipefail";

/** A shell at work in a process. */
export interface Shell {
  readonly self: Process;
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, Command>;
  readonly options: Set<ShellOption>;
  /** `$0` and `$1`, `$2`, ... */
  zero: string;
  positional: readonly string[];
  /** `$$`: subshells are asked for it, too. */
  readonly pid: number;
  /** `$?` */
  status: number;
  /** Counts command substitutions: an assignment has the status of the last one in it. */
  substitutions: number;
  /** `$!` */
  backgroundPid: number | undefined;
  /** What was started in the background and not waited for. */
  readonly jobs: Set<Process>;
  /** Descriptors that only the command is to have that runs now. */
  readonly opened: number[];
  /** Scripts by signal, or `EXIT`. */
  readonly traps: Map<SignalName | "EXIT", string>;
  /** The variables that functions have made their own, by function, with what they were before. */
  readonly locals: Map<string, Variable | undefined>[];
  /** How many files it is within that `.` runs. */
  sourced: number;
  /** How deep functions, loops and scripts are in each other. */
  depth: number;
  loops: number;
  /** Nothing comes behind what it does now: a program is put in its place, and it is no process beside that. */
  isLast: boolean;
  /** Somebody types its commands: it goes on when one of them is interrupted. */
  isInteractive: boolean;
  readonly evaluator: Evaluator;
  /** It is bash: what smaller shells do not know means something. */
  readonly isBash: boolean;
}

/** What carries out the commands of a shell. */
export interface Evaluator {
  run(shell: Shell, script: Script, isTested: boolean): Running;
  /** Parses and runs a text; one that is no script is complained of. */
  runText(shell: Shell, text: string): Running;
  /** What a script writes, without the line ends at its end. */
  substitute(shell: Shell, script: Script): Running<string>;
  /** Starts a script beside the shell; gives the name of a file from which what it writes can be read until the command is over. */
  readFrom(shell: Shell, script: Script): Running<string>;
  /** Runs a program or a builtin by its words; never a function. */
  runWords(shell: Shell, words: readonly string[]): Running;
}

/** `break` or `continue`, on its way to its loop. */
export class LoopJump extends Error {
  readonly kind: "break" | "continue";
  levels: number;
  constructor(kind: "break" | "continue", levels: number) {
    super(kind);
    this.kind = kind;
    this.levels = levels;
  }
}

/** `return`, on its way to its function. */
export class FunctionReturn extends Error {
  readonly status: number;
  constructor(status: number) {
    super("return");
    this.status = status;
  }
}

/** What an interactive shell does is interrupted, and it asks for the next command. */
export class Interrupt extends Error {}

/** A shell ends: its `EXIT` trap is run. */
export class ShellExit extends Error {
  readonly status: number;
  constructor(status: number) {
    super("exit");
    this.status = status;
  }
}

/** How long a value, and how much all of a shell's variables together may be. */
export const valueBytesMax = 1024 * 1024;
const variablesMax = 4_096;

/** The value of a variable; `undefined` when it is not set. */
export function variable(shell: Shell, name: string): string | undefined {
  return shell.variables.get(name)?.value;
}

/** Why a variable may not be given a value. */
export function refusalOf(shell: Shell, name: string, value: string): string | undefined {
  const before = shell.variables.get(name);
  if (before?.isReadonly) return `${name}: is read only`;
  if (value.length > valueBytesMax || (!before && shell.variables.size >= variablesMax)) outOfMemory();
  return undefined;
}

/** Sets a variable; gives back why it may not be. */
export function setVariable(
  shell: Shell,
  name: string,
  { value, isExported }: { readonly value: string; readonly isExported?: boolean },
): string | undefined {
  const refused = refusalOf(shell, name, value);
  if (refused !== undefined) return refused;
  const before = shell.variables.get(name);
  const changed = { value, isExported: isExported ?? before?.isExported ?? false, isReadonly: false };
  const elements = before?.elements && { elements: new Map([...before.elements, ["0", value]]) };
  shell.variables.set(name, { ...(before?.elements ? before : {}), ...changed, ...elements });
  return undefined;
}

/** As the kernel ends who takes more memory than there is. */
export function outOfMemory(): never {
  throw new ProcessExit(137);
}

/** The variables that programs are given. */
export function environmentOf({ variables }: Shell): Map<string, string> {
  const env = new Map<string, string>();
  for (const [name, { value, isExported }] of variables) if (isExported) env.set(name, value);
  return env;
}

/** A shell says what is wrong, behind the name that it was started by: `/bin/sh: can't create /file: ...`. */
export function* shellComplains({ self }: Shell, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), `${shellName(self)}: ${text}\n`);
}

/** By what a shell calls itself: with its folder, as it was started. */
export function shellName({ argv }: Process): string {
  return argv[0] || "sh";
}

/** A copy of a shell for a child of it, which is given its process later; traps stay behind. */
export function forkedShell(shell: Shell): Shell {
  return {
    ...shell,
    ...{ variables: new Map(shell.variables), functions: new Map(shell.functions), options: new Set(shell.options) },
    ...{ jobs: new Set(), traps: new Map(), opened: [], isInteractive: false, isLast: true },
    // It is in the same functions; what they had is nobody's business there.
    locals: shell.locals.map(() => new Map()),
  };
}

/** A new shell in a process. */
export function newShell(self: Process, evaluator: Evaluator, zero: string): Shell {
  const variables = new Map<string, Variable>();
  for (const [name, value] of self.env) variables.set(name, { value, isExported: true, isReadonly: false });
  variables.set("PWD", { value: self.folder, isExported: true, isReadonly: false });
  if (!variables.has("IFS")) variables.set("IFS", { value: " \t\n", isExported: false, isReadonly: false });
  const isBash = /(?:^|\/)-?bash$/.test(self.argv[0] ?? "");
  return {
    ...{ isBash, self, evaluator, variables, zero, positional: [], pid: self.pid, status: 0, substitutions: 0 },
    ...{ functions: new Map(), options: new Set(), jobs: new Set(), traps: new Map(), locals: [], opened: [] },
    ...{ backgroundPid: undefined, sourced: 0, depth: 0, loops: 0, isInteractive: false, isLast: false },
  };
}
