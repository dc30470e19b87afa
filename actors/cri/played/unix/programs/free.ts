import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { humanSize, memoryBytes, memoryUsedBytes } from "../kernel/system_figures.ts";
import { argumentsOf } from "./_arguments.ts";

/** Says how much memory there is. */
export const free: Program = {
  names: ["free"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "bkmgh");
    const unit = flags.has("b") ? 1 : flags.has("m") ? 1024 ** 2 : flags.has("g") ? 1024 ** 3 : 1024;
    const size = (bytes: number) => (flags.has("h") ? humanSize(bytes) : String(Math.floor(bytes / unit))).padStart(12);
    const rest = memoryBytes - memoryUsedBytes;
    const titles = ["total", "used", "free", "shared", "buff/cache", "available"]
      .map((title) => title.padStart(12))
      .join("");
    yield* print(self, `${" ".repeat(6)}${titles}\n`);
    yield* print(self, `Mem:  ${[memoryBytes, memoryUsedBytes, rest, 0, 0, rest].map(size).join("")}\n`);
    yield* print(self, `Swap: ${[0, 0, 0].map(size).join("")}\n`);
    return 0;
  },
};
