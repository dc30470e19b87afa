import type { Kernel } from "./kernel.ts";
import type { OpenFile } from "./open_file.ts";
import type { Privileges } from "./privileges.ts";
import type { SignalName } from "./signals.ts";

/** Processes that wait for the same thing to happen. */
export type WaitList = Set<Process>;

/** What a process waits for: a time, or that one of the lists is woken; for neither, only a signal ends the wait. */
export interface Wait {
  readonly untilMs?: number;
  readonly on?: readonly WaitList[];
}

/**
 * What a program does, step by step: it runs until it has to wait, says for what, and is resumed when that may have
 * happened. It may be resumed too early, and looks again.
 */
export type Running<Result = number> = Generator<Wait, Result, void>;

/** A process of a container. */
export interface Process {
  /** With the files that it sees. */
  kernel: Kernel;
  readonly pid: number;
  parent: Process | undefined;
  readonly startedMs: number;
  /** Memory that it has taken beside what every program has. */
  heldBytes: number;
  /** Milliseconds for which it waited for its turn, which is what it has had of a processor. */
  busyMs: number;
  argv: readonly string[];
  /** The variables that programs it starts are given. */
  env: Map<string, string>;
  folder: string;
  /** Open files by descriptor. */
  files: Map<number, OpenFile>;
  /** What it does with signals, where that is not what signals do by themselves. */
  readonly handlers: Map<SignalName, "ignore" | "catch" | "exit">;
  /** Signals that it catches and has not looked at yet. */
  readonly pending: SignalName[];
  /** Its exit status, as soon as it has ended. */
  status: number | undefined;
  readonly ended: WaitList;
  /** A signal has ended it while it was itself at work. */
  killedWith: number | undefined;
  /** What it waits for. */
  wait: Wait | undefined;
  /** Counts its waits: a clock that rings for one that is over is not heard. */
  waits: number;
  readonly running: Running;
  /** Who it runs as. */
  readonly user: User;
  readonly session: Session;
  /** The process that it is a thread of: it is not seen, and ends with that. Undefined: it is a process of its own. */
  readonly leader: Process | undefined;
}

/** What was started together: a container's own processes, or those of one command that is run in it. */
export interface Session {
  readonly isMain: boolean;
  /** A program that one of them asked for, and that nobody can play. */
  unknownProgram: string | undefined;
}

/** Who a process runs as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  /** Of which groups they are beside. Default: of none. */
  readonly groups?: readonly number[];
  /** What they may beside that. Default: what a runtime gives root. */
  readonly privileges?: Privileges;
}

/** A program that processes can run. */
export interface Program {
  /** Under which names it is found. */
  readonly names: readonly string[];
  /** Runs it; the result is its exit status. One that never has to wait gives it at once. */
  run(self: Process): Running | number;
}

/** Goes on with what was begun, to its exit status. */
export function* toEnd(begun: Running | number): Running {
  return typeof begun === "number" ? begun : yield* begun;
}

/** Ends the process that throws it, wherever in its program it is. */
export class ProcessExit extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}
