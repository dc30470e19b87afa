import { complain, print, sleepUntil, waitFor } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { formatDate } from "./_dates.ts";
import { startChild } from "./_start_child.ts";

/** Runs a line of the shell again and again, and shows what it writes on an empty screen: `watch [-n SECONDS] LINE`. */
export const watch: Program = {
  names: ["watch"],
  *run(self) {
    const words = self.argv.slice(1);
    let [seconds, isTitled] = [2, true];
    while (words[0]?.startsWith("-")) {
      const [, letter = "", inline = ""] = /^--?([a-z])[a-z]*=?(.*)$/.exec(words.shift() ?? "") ?? [];
      if (letter === "n") seconds = Number(inline || words.shift());
      if (letter === "t") isTitled = false;
    }
    const line = words.join(" ");
    if (line === "" || Number.isNaN(seconds)) {
      yield* complain(self, "usage: watch [-n SEC] [-t] PROG ARGS");
      return 1;
    }
    const { uptimeMs, wallMs } = self.kernel.host;
    for (;;) {
      const head = isTitled ? `Every ${seconds.toFixed(1)}s: ${line}`.padEnd(50) : "";
      const date = isTitled ? `${formatDate(new Date(wallMs()), "%Y-%m-%d %H:%M:%S")}\n\n` : "";
      yield* print(self, `\u001b[H\u001b[J${head}${date}`);
      const started = yield* startChild(self, ["sh", "-c", line]);
      if ("child" in started) yield* waitFor(started.child);
      yield* sleepUntil(self, uptimeMs() + Math.max(seconds, 0.1) * 1000);
    }
  },
};
