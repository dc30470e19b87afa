import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Says what system this is. */
export const uname: Program = {
  names: ["uname"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "asnrvmpo");
    const parts: readonly (readonly [string, string])[] = [
      ["s", "Linux"],
      ["n", self.kernel.host.hostname],
      ["r", "6.1.0-kubetroupe"],
      ["v", "#1 SMP played"],
      ["m", "x86_64"],
      ["o", "GNU/Linux"],
    ];
    const wanted = parts.filter(([flag]) => flags.has("a") || flags.has(flag) || (flags.size === 0 && flag === "s"));
    yield* print(self, `${wanted.map(([, text]) => text).join(" ")}\n`);
    return 0;
  },
};
