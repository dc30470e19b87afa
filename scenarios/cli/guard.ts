import { spawn } from "node:child_process";
import { constants } from "node:os";
import { whenGone, whoWaits } from "./parent_watch.ts";
import { exitCodes } from "./verb.ts";

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const guardedBy = "TROUPE_GUARDED_BY";
/** How long the guarded process may take to hear of an interrupt. */
const patienceMs = 2_000;

/** Whether this process has a guard, which hears signals for it. */
export function isGuarded(): boolean {
  return process.env[guardedBy] === String(process.ppid) && process.send !== undefined;
}

/**
 * Runs this same command line in a process of its own, and hears signals for it: code that is not ours runs there and
 * may never let go of its main thread, which is where Node hears signals. A process that did not hear of an interrupt
 * within two seconds is killed. The result is its exit code.
 */
export function runGuarded(): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      env: { ...process.env, [guardedBy]: String(process.pid) },
    });
    let patience: NodeJS.Timeout | undefined;
    let told: NodeJS.Signals | undefined;
    const giveUp = () => {
      child.kill("SIGKILL");
      process.stderr.write("Interrupted: a script did not let go of the main thread, so nothing was cleaned up\n");
    };
    const tell = (name: NodeJS.Signals) => {
      told = name;
      child.send({ interrupt: name });
      patience = setTimeout(giveUp, patienceMs);
    };
    const hear = (name: NodeJS.Signals) => {
      if (told === undefined) return tell(name);
      child.kill("SIGKILL");
      process.exit(exitCodes.interrupted);
    };
    for (const name of names) process.on(name, hear);
    const watch = whenGone(whoWaits(), () => told ?? tell("SIGTERM"));
    child.on("message", () => clearTimeout(patience));
    child.on("error", reject);
    child.on("exit", (code, killedBy) => {
      clearTimeout(patience);
      watch[Symbol.dispose]();
      for (const name of names) process.off(name, hear);
      // Who asks how we ended is told of the signal, as if it had come to us alone.
      if (killedBy === "SIGKILL" && told !== undefined) process.kill(process.pid, told);
      else resolve(code ?? 128 + (killedBy ? constants.signals[killedBy] : 0));
    });
  });
}

/** For the guarded process: calls with each interrupt; a guard that is gone is one. */
export function whenGuardSays(call: (name: NodeJS.Signals) => void): Disposable {
  const hear = (message: unknown) => {
    process.send?.({ heard: true });
    call((message as { readonly interrupt: NodeJS.Signals }).interrupt);
  };
  const lose = () => call("SIGTERM");
  process.on("message", hear);
  process.on("disconnect", lose);
  // It must not keep us from ending.
  process.channel?.unref();
  return {
    [Symbol.dispose]() {
      process.off("message", hear);
      process.off("disconnect", lose);
    },
  };
}
