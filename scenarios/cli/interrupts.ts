import { isGuarded, whenGuardSays } from "./guard.ts";
import { whenGone, whoWaits } from "./parent_watch.ts";
import { exitCodes } from "./verb.ts";

/** A verb's ear for Ctrl-C and for being told to end. */
export interface Interrupts extends Disposable {
  /** Aborted by the first one; the reason's cause is its name. */
  readonly signal: AbortSignal;
  /** Settles with the first one. */
  readonly happened: Promise<void>;
  /** Aborted when who waited for us is gone, npm for example: nobody is left who could be told anything. */
  readonly abandoned: AbortSignal;
}

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * From now on the first interrupt asks the verb to end in good order; the second ends the process. The end of a process
 * that waits for us, such as npm, counts as being told to end, but never as the second one.
 */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  const abandonment = new AbortController();
  const { signal } = controller;
  const happened = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const interrupt = (name: NodeJS.Signals) => controller.abort(new Error("Interrupted", { cause: name }));
  const hear = (name: NodeJS.Signals) => {
    if (signal.aborted) process.exit(exitCodes.interrupted);
    interrupt(name);
  };
  // The guard hears for us; a terminal tells us as well, which is no second time.
  const ignore = () => {};
  const ear = isGuarded() ? ignore : hear;
  for (const name of names) process.on(name, ear);
  const guard = isGuarded() ? whenGuardSays(hear) : undefined;
  const watch = whenGone(isGuarded() ? [] : whoWaits(), () => {
    abandonment.abort();
    if (!signal.aborted) interrupt("SIGTERM");
  });
  return {
    signal,
    happened,
    abandoned: abandonment.signal,
    [Symbol.dispose]() {
      guard?.[Symbol.dispose]();
      watch[Symbol.dispose]();
      for (const name of names) process.off(name, ear);
    },
  };
}
