import { exitCodes } from "./verb.ts";

/** A verb's ear for Ctrl-C and for being told to end. */
export interface Interrupts extends Disposable {
  /** Aborted by the first one; the reason's cause is its name. */
  readonly signal: AbortSignal;
  /** Settles with the first one. */
  readonly happened: Promise<void>;
}

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** From now on the first interrupt asks the verb to end in good order; the second ends the process. */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  const { signal } = controller;
  const happened = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const hear = (name: NodeJS.Signals) => {
    if (signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new Error("Interrupted", { cause: name }));
  };
  for (const name of names) process.on(name, hear);
  return {
    signal,
    happened,
    [Symbol.dispose]() {
      for (const name of names) process.off(name, hear);
    },
  };
}
