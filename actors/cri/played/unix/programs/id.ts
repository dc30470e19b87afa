import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Says who a process runs as. */
export const id: Program = {
  names: ["id"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "ugnrG");
    const { uid, gid, groups: others = [] } = self.user;
    const groups = [...new Set([gid, ...others])].sort((a, b) => a - b);
    const named = (number: number) => (number === 0 ? `${number}(root)` : String(number));
    const short = (number: number) => (flags.has("n") && number === 0 ? "root" : String(number));
    const text = flags.has("u")
      ? short(uid)
      : flags.has("g")
        ? short(gid)
        : flags.has("G")
          ? groups.map(short).join(" ")
          : undefined;
    yield* print(self, `${text ?? `uid=${named(uid)} gid=${named(gid)} groups=${groups.map(named).join(",")}`}\n`);
    return 0;
  },
};
