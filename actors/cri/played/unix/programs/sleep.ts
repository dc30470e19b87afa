import { complain, sleepUntil } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Program } from "../kernel/process.ts";
import { durationMs } from "./_duration.ts";

/** Waits. */
export const sleep: Program = {
  names: ["sleep"],
  *run(self) {
    const words = self.argv.slice(1);
    let totalMs = 0;
    for (const word of words) {
      const ms = durationMs(word);
      if (ms === undefined) {
        yield* complain(self, `invalid number '${word}'`);
        return 1;
      }
      totalMs += ms;
    }
    if (words.length === 0) {
      yield* complain(self, "missing operand");
      return 1;
    }
    // A clock that rings in more than a century never does.
    while (totalMs > lastingMs) yield {};
    const { host } = self.kernel;
    if (totalMs < 1 && self.kernel.spend(1)) yield turn;
    yield* sleepUntil(self, host.uptimeMs() + totalMs);
    return 0;
  },
};

const lastingMs = 100 * 365 * 86_400_000;
