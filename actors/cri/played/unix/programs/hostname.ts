import { hasFailed } from "../files/errno.ts";
import { print } from "../kernel/io.ts";
import type { Process, Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Prints the name of the pod's host, or what `/etc/hosts` has for it. */
export const hostname: Program = {
  names: ["hostname"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "sfdiI");
    const name = self.kernel.host.hostname;
    const [, ...names] = linesOf(self, name)[0] ?? [];
    const [full = name] = names;
    const dot = full.indexOf(".");
    const text = flags.has("s")
      ? name.split(".")[0]
      : flags.has("f")
        ? full
        : flags.has("d")
          ? full.slice(dot < 0 ? full.length : dot + 1)
          : flags.has("i") || flags.has("I")
            ? ipsOf(self, name).join(" ")
            : name;
    yield* print(self, `${text}\n`);
    return 0;
  },
};

function ipsOf(self: Process, name: string): string[] {
  return linesOf(self, name).map(([ip = ""]) => ip);
}

/** The lines of `/etc/hosts` that have a name. */
function linesOf(self: Process, name: string): string[][] {
  const file = self.kernel.host.tree.find("/etc/hosts");
  if (hasFailed(file) || file.kind !== "file") return [];
  const lines = file.bytes.split("\n").map((line) => line.split(/\s+/));
  return lines.filter(([, ...names]) => names.includes(name));
}
