import type { Builtin } from "../builtin.ts";
import { ShellExit, shellComplains } from "../shell.ts";

/** Ends the shell. */
export const exit: Builtin = {
  names: ["exit"],
  *run(shell, [status]) {
    if (status === undefined) throw new ShellExit(shell.status);
    if (/^\d+$/.test(status)) throw new ShellExit(Number(status) & 0xff);
    yield* shellComplains(shell, `exit: Illegal number: ${status}`);
    throw new ShellExit(2);
  },
};
