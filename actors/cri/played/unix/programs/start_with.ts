import { print, programName, waitFor, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { startChild } from "./_start_child.ts";

/** How many words of a line are a program's own, before those of what it starts. */
const ownWords: Readonly<Record<string, RegExp>> = {
  nice: /^-(n|\d)/,
  ionice: /^-[cnt]/,
  setsid: /^-/,
  stdbuf: /^-/,
  time: /^-/,
};
/** Flags whose value is the next word. */
const valued = /^-([ioe]|n|c)$/;

/** Programs that start another one, with a priority or a session that nothing here depends on, or with a look at the clock. */
export const startWith: Program = {
  names: Object.keys(ownWords),
  *run(self) {
    const name = programName(self);
    const words = self.argv.slice(1);
    while (ownWords[name]?.test(words[0] ?? "")) if (valued.test(words.shift() ?? "")) words.shift();
    if (words.length === 0) {
      yield* print(self, name === "nice" ? "0\n" : "");
      return name === "nice" ? 0 : 1;
    }
    const startedMs = self.kernel.host.uptimeMs();
    const started = yield* startChild(self, words);
    const status = "child" in started ? yield* waitFor(started.child) : started.status;
    if (name === "time") yield* tellTimes(self, self.kernel.host.uptimeMs() - startedMs);
    return status;
  },
};

function* tellTimes(self: Process, tookMs: number): Running<void> {
  const clock = (ms: number) => `${Math.floor(ms / 60_000)}m ${((ms % 60_000) / 1000).toFixed(2)}s`;
  yield* writeTo(self, self.files.get(2), `real\t${clock(tookMs)}\nuser\t${clock(0)}\nsys\t${clock(0)}\n`);
}
