import { ProcessExit, toEnd } from "../../kernel/process.ts";
import { executableForGood } from "../../kernel/run_command.ts";
import type { Builtin } from "../builtin.ts";
import { environmentOf, ShellExit, shellComplains, variable } from "../shell.ts";

/** `exec` puts a program in the place of the shell; without words its redirections are for good. */
export const exec: Builtin = {
  names: ["exec"],
  keepsFiles: true,
  *run(shell, words) {
    const { self } = shell;
    const found = executableForGood(self, words, variable(shell, "PATH"));
    if (!found.ok) {
      yield* shellComplains(shell, `exec: ${words[0]}: ${found.text}`);
      throw new ShellExit(found.status);
    }
    self.argv = found.argv;
    self.env = environmentOf(shell);
    // What was caught goes with the script; what is ignored stays so.
    for (const [name, handler] of self.handlers) if (handler === "catch") self.handlers.delete(name);
    self.pending.length = 0;
    throw new ProcessExit(yield* toEnd(found.program.run(self)));
  },
};
