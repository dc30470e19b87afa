import { errorTexts } from "../../files/errno.ts";
import { openPath, readAll } from "../../kernel/io.ts";
import type { Builtin } from "../builtin.ts";
import { FunctionReturn, ShellExit, shellComplains } from "../shell.ts";

/** `.` runs a file as a part of the script. */
export const dot: Builtin = {
  names: [".", "source"],
  *run(shell, [path = "", ...parameters]) {
    const file = openPath(shell.self, path, { canRead: true, canWrite: false });
    if ("error" in file) {
      yield* shellComplains(shell, `.: can't open '${path}': ${errorTexts[file.error]}`);
      throw new ShellExit(2);
    }
    const text = yield* readAll(shell.self, file);
    const { positional } = shell;
    if (parameters.length > 0) shell.positional = parameters;
    shell.sourced++;
    try {
      return yield* shell.evaluator.runText(shell, text);
    } catch (error) {
      if (error instanceof FunctionReturn) return error.status;
      throw error;
    } finally {
      shell.sourced--;
      if (parameters.length > 0) shell.positional = positional;
    }
  },
};
