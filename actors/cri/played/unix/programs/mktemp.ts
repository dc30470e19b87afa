import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Makes a file or folder of a name that nobody has. */
export const mktemp: Program = {
  names: ["mktemp"],
  *run(self) {
    const { flags, rest } = yield* argumentsOf(self, "dtqp:u");
    const { tree, random } = self.kernel.host;
    const form = rest[0] ?? "tmp.XXXXXX";
    const name = form.replace(/X{3,}$/, (marks) =>
      Array.from(marks, () => letters[random.int(letters.length)]).join(""),
    );
    const folder = flags.get("p") ?? (rest[0] === undefined || flags.has("t") ? "/tmp" : self.folder);
    const path = resolvePath(folder, name);
    const made = flags.has("d") ? (tree.makeFolder(path) ?? {}) : tree.fileToWrite(path, true);
    if (hasFailed(made)) {
      yield* complain(self, `: ${errorTexts[made.error]}`);
      return 1;
    }
    yield* print(self, `${path}\n`);
    return 0;
  },
};
