import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { InputError } from "../../cluster/input_error.ts";
import { signalTree } from "../process_tree.ts";

/** A client that is a process of ours. */
export interface OwnProcess {
  /** Kills it and all that it has started, as a crash does; it stays down until `start`. */
  kill(): void;
  start(): void;
  pause(): void;
  resume(): void;
  /** When it was last started, as `performance.now()` tells it; undefined while it is down. */
  startedAtMs(): number | undefined;
  /** Rejects when it cannot be run at all, or ends by itself again and again. */
  readonly failed: Promise<never>;
  close(): void;
}

/** How a process is run. */
export interface OwnProcessOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where what it writes goes. Default: to our own output. */
  readonly logFile?: string;
  readonly onNote: (text: string) => void;
}

/** As a kubelet does, but sooner. */
const restartMs = 300;
const exitsMax = 20;

/** Starts a process, which is started again whenever it ends by itself, as a container is. */
export function startProcess({ command, env, logFile, onNote }: OwnProcessOptions): OwnProcess {
  const [program = "", ...args] = command;
  const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: "a" });
  let child: ChildProcess | undefined;
  let wanted = true;
  let exits = 0;
  let startedAtMs: number | undefined;
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => {});

  function start() {
    wanted = true;
    if (child) return;
    const own = spawn(program, args, {
      stdio: log ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...env },
    });
    child = own;
    startedAtMs = performance.now();
    if (log) for (const stream of [own.stdout, own.stderr]) stream?.pipe(log, { end: false });
    own.on("error", (error: NodeJS.ErrnoException) => {
      wanted = false;
      const why = error.code === "ENOENT" ? "there is no such program" : error.message;
      fail(new InputError(`Cannot run "${program}": ${why}`, { cause: error }));
    });
    own.on("exit", (code, signal) => {
      // One that was killed is nobody's any more.
      if (child !== own) return;
      child = undefined;
      if (!wanted) return;
      exits++;
      onNote(`the process has ended by itself (${signal ?? `exit code ${code}`}) and is started again`);
      if (exits >= exitsMax) return fail(new Error(`"${program}" has ended by itself ${exits} times`));
      setTimeout(() => wanted && start(), restartMs);
    });
  }

  const signal = (name: NodeJS.Signals) => {
    if (child?.pid !== undefined) signalTree(child.pid, name);
  };
  const kill = () => {
    wanted = false;
    signal("SIGKILL");
    child = undefined;
  };
  // Whatever ends us takes it along.
  process.on("exit", kill);
  start();
  return {
    ...{ kill, start, failed },
    pause: () => signal("SIGSTOP"),
    resume: () => signal("SIGCONT"),
    startedAtMs: () => (child ? startedAtMs : undefined),
    close() {
      kill();
      process.off("exit", kill);
      log?.end();
    },
  };
}
