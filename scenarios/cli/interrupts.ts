import { Worker } from "node:worker_threads";
import { exitCodes } from "./verb.ts";

/** A verb's ear for Ctrl-C and for being told to end. */
export interface Interrupts extends Disposable {
  /** Aborted by the first one; the reason's cause is its name. */
  readonly signal: AbortSignal;
  /** Settles with the first one. */
  readonly happened: Promise<void>;
}

/** How to listen. */
export interface InterruptOptions {
  /**
   * Whether code that is not ours runs in this thread and may never let go of it: then Ctrl-C ends the process when it
   * was not heard within 2 s. Takes a thread. Default false.
   */
  readonly isWatched?: boolean;
}

/** How long the main thread may take to hear of Ctrl-C. */
const patienceMs = 2_000;
const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** From now on the first interrupt asks the verb to end in good order; the second ends the process. */
export function listenForInterrupts({ isWatched = false }: InterruptOptions = {}): Interrupts {
  const controller = new AbortController();
  const { signal } = controller;
  const happened = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const hear = (name: NodeJS.Signals) => {
    if (signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new Error("Interrupted", { cause: name }));
  };
  for (const name of names) process.on(name, hear);
  const stopWatch = isWatched ? watch(hear) : undefined;
  return {
    signal,
    happened,
    [Symbol.dispose]() {
      stopWatch?.();
      for (const name of names) process.off(name, hear);
    },
  };
}

function watch(hear: (name: NodeJS.Signals) => void): () => void {
  const cell = new Int32Array(new SharedArrayBuffer(8));
  const acknowledge = () => {
    Atomics.store(cell, 1, 1);
    Atomics.notify(cell, 1);
  };
  const url = new URL("./interrupt_watch.mjs", import.meta.url);
  const worker = new Worker(url, { workerData: { cell, patienceMs }, execArgv: [] });
  worker.on("message", (name: NodeJS.Signals) => {
    acknowledge();
    hear(name);
  });
  // Without the watch, Ctrl-C is still heard as ever.
  worker.on("error", () => {});
  worker.unref();
  return () => {
    acknowledge();
    void worker.terminate();
  };
}
