import { print, sleepUntil } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { memoryBytes, memoryUsedBytes } from "../kernel/system_figures.ts";
import { argumentsOf } from "./_arguments.ts";

/** Shows the processes again and again; the time that each has of a processor is not known. */
export const top: Program = {
  names: ["top"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "bn:d:", {});
    const times = flags.has("n") ? Number(flags.get("n")) : Number.POSITIVE_INFINITY;
    const eachMs = Number(flags.get("d") ?? 5) * 1000;
    for (let time = 0; time < times; time++) {
      if (time > 0) yield* sleepUntil(self, self.kernel.host.uptimeMs() + eachMs);
      yield* page(self, !flags.has("b"));
    }
    return 0;
  },
};

function* page(self: Process, clears: boolean): Running<void> {
  const kilobytes = (bytes: number) => `${Math.floor(bytes / 1024)}K`;
  const { kernel } = self;
  const lines = [...kernel.visible()].map(({ pid, parent, user, argv }) => {
    const who = user.uid === 0 ? "root" : String(user.uid);
    return `${String(pid).padStart(5)} ${String(parent?.pid ?? 0).padStart(5)} ${who.padEnd(8)} S        0   0%   0% ${argv.join(" ").replaceAll("\n", " ")}`;
  });
  const head = [
    `Mem: ${kilobytes(memoryUsedBytes)} used, ${kilobytes(memoryBytes - memoryUsedBytes)} free, 0K shrd, 0K buff, 0K cached`,
    "CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq",
    `Load average: 0.00 0.00 0.00 1/${lines.length} ${self.pid}`,
    "  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND",
  ];
  yield* print(self, `${clears ? "\u001b[H\u001b[J" : ""}${[...head, ...lines].join("\n")}\n`);
}
