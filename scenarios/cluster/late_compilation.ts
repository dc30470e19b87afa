import { setFlagsFromString } from "node:v8";

/** How much code runs before V8 looks whether to compile some of it, in its own bytes. */
const budgets = { ofYouth: 600_000, ofV8: 67_584 } as const;
/** How long a process is young, from its first cluster on. */
const youthMs = 30_000;

/**
 * Tells V8 to compile only what has run for long, while the process is young: most of a cluster's workers do each thing
 * a few hundred times then, and compiling it anew in each of a hundred costs more than it saves (measured: 10 % of the
 * CPU of 600 pods on 30 nodes in threads, 22 % in the pool). A cluster that lives longer is worth it (measured: a create
 * takes 3.6 ms of CPU instead of 4.9, a get 0.73 instead of 1.06, after 3,000 creates that took a tenth more).
 * It holds for the whole process, so it is for who owns that, before the first worker starts.
 */
export function compileLate(): void {
  setFlagsFromString(`--interrupt-budget=${budgets.ofYouth}`);
  setTimeout(() => setFlagsFromString(`--interrupt-budget=${budgets.ofV8}`), youthMs).unref();
}
