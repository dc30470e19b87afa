import { errorTexts } from "../files/errno.ts";
import { complain, openPath, print, readSome, writeTo } from "../kernel/io.ts";
import type { OpenFile } from "../kernel/open_file.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Writes what it reads to files, too. */
export const tee: Program = {
  names: ["tee"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "ai");
    const files: OpenFile[] = [];
    let status = 0;
    for (const name of rest) {
      const flagsOfFile = {
        canRead: false,
        canWrite: true,
        creates: true,
        appends: flags.has("a"),
        truncates: !flags.has("a"),
      };
      const file = openPath(self, name, flagsOfFile);
      if (!("error" in file)) files.push(file);
      else {
        yield* complain(self, `${name}: ${errorTexts[file.error]}`);
        status = 1;
      }
    }
    const input = self.files.get(0);
    for (let bytes = yield* readSome(self, input); bytes !== ""; bytes = yield* readSome(self, input)) {
      yield* print(self, bytes);
      for (const file of files) yield* writeTo(self, file, bytes);
    }
    return status;
  },
};
