import { complain, print } from "../kernel/io.ts";
import type { Process, Program } from "../kernel/process.ts";
import { type SignalName, signalNamed, signalNames } from "../kernel/signals.ts";

/** Sends signals. */
export const kill: Program = {
  names: ["kill"],
  *run(self) {
    const words = self.argv.slice(1);
    let signal: SignalName | undefined = "TERM";
    if (words[0] === "-l") {
      yield* print(self, `${signalNames.join("\n")}\n`);
      return 0;
    }
    let isTest = false;
    if (/^-./.test(words[0] ?? "")) {
      const given = words.shift() ?? "";
      const name = given === "-s" || given === "-n" ? (words.shift() ?? "") : given.slice(1);
      isTest = name === "0";
      signal = signalNamed(name);
      if (signal === undefined && !isTest) {
        yield* complain(self, `bad signal name '${name}'`);
        return 1;
      }
    }
    let status = 0;
    for (const word of words) {
      const target = self.kernel.seen(Number(word));
      if (target && signal !== undefined) sendSignal(self, target, signal);
      if (target) continue;
      yield* complain(
        self,
        /^-?\d+$/.test(word) ? `can't kill pid ${word}: No such process` : `invalid number '${word}'`,
      );
      status = 1;
    }
    return status;
  },
};

/** Sends a signal to a process; of another container's its own kernel sees to it. */
export function sendSignal(self: Process, target: Process, signal: SignalName): void {
  const { kernel } = target;
  kernel.signal(target, signal);
  if (kernel !== self.kernel) self.kernel.host.later(0, kernel.run);
}
