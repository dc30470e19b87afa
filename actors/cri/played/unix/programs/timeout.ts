import { complain } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { type SignalName, signalNamed, statusOfSignal } from "../kernel/signals.ts";
import { durationMs } from "./_duration.ts";
import { startChild } from "./_start_child.ts";

/** Runs a program for so long at most: `timeout [-s SIGNAL] [-k AFTER] DURATION PROGRAM`. */
export const timeout: Program = {
  names: ["timeout"],
  *run(self) {
    const words = self.argv.slice(1);
    let signal: SignalName = "TERM";
    let killMs: number | undefined;
    let forMs: number | undefined;
    while (/^-./.test(words[0] ?? "")) {
      const [, letter = "", inline = ""] =
        /^--?(signal|kill-after|preserve-status|foreground|[skt])=?(.*)$/.exec(words.shift() ?? "") ?? [];
      const takesValue = !/^[pf]/.test(letter);
      const value = takesValue ? inline || (words.shift() ?? "") : "";
      if (letter.startsWith("s")) signal = signalNamed(value) ?? signal;
      else if (letter.startsWith("k")) killMs = durationMs(value);
      // As older ones of busybox have it.
      else if (letter === "t") forMs = durationMs(value);
    }
    forMs ??= durationMs(words.shift() ?? "");
    if (forMs === undefined || words.length === 0) {
      yield* complain(self, "usage: timeout [-s SIG] [-k KILL_SECS] SECS PROG ARGS");
      return 125;
    }
    const started = yield* startChild(self, words);
    if ("status" in started) return started.status;
    const { child } = started;
    if (yield* endsWithin(child, forMs)) return child.status ?? 0;
    child.kernel.signal(child, signal);
    if (killMs !== undefined && !(yield* endsWithin(child, killMs))) child.kernel.signal(child, "KILL");
    while (child.status === undefined) yield { on: [child.ended] };
    return killMs !== undefined && child.status === statusOfSignal("KILL") ? child.status : 124;
  },
};

function* endsWithin(child: Process, ms: number): Running<boolean> {
  const { uptimeMs } = child.kernel.host;
  const untilMs = uptimeMs() + ms;
  while (child.status === undefined && uptimeMs() < untilMs)
    yield { on: [child.ended], ...(Number.isFinite(untilMs) ? { untilMs } : {}) };
  return child.status !== undefined;
}
