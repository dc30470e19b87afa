// A thread that hears Ctrl-C while the main thread is busy: Node runs a signal's handlers in the main thread alone,
// between two turns of its loop, but a script that may be broken off by SIGINT is so in any thread.
import { writeSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";

const { cell, patienceMs } = workerData;
globalThis.cell = cell;
try {
  // Nobody ever wakes it.
  runInThisContext("for (;;) Atomics.wait(cell, 0, 0)", { breakOnSigint: true });
} catch (error) {
  if (error.code !== "ERR_SCRIPT_EXECUTION_INTERRUPTED") throw error;
}
parentPort.postMessage("SIGINT");
// From here on nobody listens for a second one: it ends the process at once, and so does ours.
if (Atomics.wait(cell, 1, 0, patienceMs) === "timed-out") {
  writeSync(2, "Interrupted: a script did not let go of the main thread, so nothing was cleaned up\n");
  process.kill(process.pid, "SIGINT");
}
