import { folderName, baseName as lastName } from "../files/paths.ts";
import { complain, print, programName } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** `basename` and `dirname` take paths apart. */
export const baseName: Program = {
  names: ["basename", "dirname"],
  *run(self) {
    const [, path, suffix = ""] = self.argv;
    if (path === undefined) {
      yield* complain(self, "missing operand");
      return 1;
    }
    const name = programName(self) === "dirname" ? folderName(path) : lastName(path);
    const isCut = programName(self) === "basename" && suffix !== "" && name.endsWith(suffix) && name !== suffix;
    yield* print(self, `${isCut ? name.slice(0, -suffix.length) : name}\n`);
    return 0;
  },
};
