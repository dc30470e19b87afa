import { waitFor } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { startChild } from "./_start_child.ts";

/** Runs a program that the end of its terminal does not end. */
export const nohup: Program = {
  names: ["nohup"],
  *run(self) {
    const started = yield* startChild(self, self.argv.slice(1), ["HUP"]);
    return "child" in started ? yield* waitFor(started.child) : started.status;
  },
};
