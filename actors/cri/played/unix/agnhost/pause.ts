import { printLine } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Waits until it is told to end. */
export const pause: Subcommand = {
  name: "pause",
  *run(self) {
    yield* printLine(self, "Paused");
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "catch");
    for (;;) {
      const signal = self.pending.shift();
      if (signal !== undefined) return signal === "INT" ? 1 : 2;
      yield {};
    }
  },
};
