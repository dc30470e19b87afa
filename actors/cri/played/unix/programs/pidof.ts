import { complain, print, programName } from "../kernel/io.ts";
import type { Process, Program } from "../kernel/process.ts";
import type { SeenProcess } from "../kernel/process_space.ts";
import { type SignalName, signalNamed } from "../kernel/signals.ts";
import { argumentsOf } from "./_arguments.ts";
import { sendSignal } from "./kill.ts";

/** Finds processes by what they run, and `killall` and `pkill` send them signals. */
export const pidof: Program = {
  names: ["pidof", "pgrep", "killall", "pkill"],
  *run(self) {
    const program = programName(self);
    const { signal, isTest, argv } = signalOf(self.argv, program.includes("kill"));
    const { flags, rest } = yield* argumentsOf({ ...self, argv } as Process, "fxlqns");
    const isPattern = program.startsWith("p") && program !== "pidof";
    const found = [...self.kernel.visible()].filter(
      (each) => each.pid !== self.pid && rest.some((name) => isOf(each, name, { isPattern, isWhole: flags.has("f") })),
    );
    if (program === "pidof" && found.length > 0)
      yield* print(
        self,
        `${found
          .map(({ pid }) => pid)
          .reverse()
          .join(" ")}\n`,
      );
    if (program === "pgrep") for (const each of found) yield* print(self, shown(each, flags.has("l")));
    if (program.includes("kill") && !isTest) {
      for (const { pid } of found) {
        const target = self.kernel.seen(pid);
        if (target) sendSignal(self, target, signal);
      }
    }
    if (program === "killall" && found.length === 0 && !flags.has("q"))
      yield* complain(self, `${rest.join(" ")}: no process killed`);
    return found.length > 0 ? 0 : 1;
  },
};

/** The signal that is named as an option, which is taken out of the words. */
function signalOf(argv: readonly string[], takesSignal: boolean) {
  const [program = "", first = "", ...rest] = argv;
  const name = takesSignal && /^-([A-Z]+\w*|\d+)$/.exec(first)?.[1];
  if (!name) return { signal: "TERM" as SignalName, isTest: false, argv };
  return { signal: signalNamed(name) ?? "TERM", isTest: name === "0", argv: [program, ...rest] };
}

interface Match {
  readonly isPattern: boolean;
  readonly isWhole: boolean;
}

function isOf({ argv }: SeenProcess, name: string, { isPattern, isWhole }: Match): boolean {
  const [path = ""] = argv;
  // A server that says what it does, as `nginx: master process` or `redis-server *:6379`, is of its own name.
  const own = path.slice(path.lastIndexOf("/") + 1).replace(/[: ].*$/, "");
  if (!isPattern) return own === name || path === name;
  return (isWhole ? argv.join(" ") : own).includes(name);
}

function shown({ pid, argv }: SeenProcess, isLong: boolean): string {
  return isLong ? `${pid} ${argv.join(" ")}\n` : `${pid}\n`;
}
