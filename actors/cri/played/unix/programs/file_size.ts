import { type ErrorName, errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, programName } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Process, Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { sizeNumber } from "./_size_number.ts";

/** No disk of a container holds more. */
const bytesMax = 64 * 1024 * 1024;

/** Gives files a size: `truncate -s 1M FILE`, and `fallocate -l 1M FILE`, which makes none smaller. */
export const fileSize: Program = {
  names: ["truncate", "fallocate"],
  *run(self) {
    const isAllocating = programName(self) === "fallocate";
    const { flags, rest } = yield* argumentsOf(self, isAllocating ? "l:n" : "cs:", { size: "s", length: "l" });
    const said = flags.get(isAllocating ? "l" : "s") ?? "";
    const [, sign = "", amount = ""] = /^([+-]?)(.*?)(?:iB)?$/.exec(said) ?? [];
    const size = sizeNumber(amount);
    if (Number.isNaN(size) || rest.length === 0) {
      yield* complain(self, said === "" ? "no length argument specified" : `Invalid number: '${said}'`);
      return 1;
    }
    let status = 0;
    for (const name of rest) {
      const failed = give(self, resolvePath(self.folder, name), (before) => {
        if (isAllocating) return Math.max(before, size);
        return sign === "" ? size : Math.max(0, sign === "+" ? before + size : before - size);
      });
      if (self.kernel.spend(Math.min(size, bytesMax) / 4096)) yield turn;
      if (failed === undefined) continue;
      yield* complain(
        self,
        `${isAllocating ? "fallocate failed" : `failed to truncate '${name}'`}: ${errorTexts[failed]}`,
      );
      status = 1;
    }
    return status;
  },
};

/** Changes the size of a file; gives back why it cannot have that. */
function give({ kernel }: Process, path: string, sizeFrom: (before: number) => number): ErrorName | undefined {
  const { tree } = kernel.host;
  const file = tree.fileToWrite(path, true);
  if (hasFailed(file)) return file.error;
  if (file.kind !== "file") return "EISDIR";
  const size = sizeFrom(file.bytes.length);
  if (size > bytesMax) return "ENOSPC";
  return tree.setBytes(file, file.bytes.slice(0, size).padEnd(size, "\0"))?.error;
}
