import { errorTexts, hasFailed } from "../../files/errno.ts";
import { resolvePath } from "../../files/paths.ts";
import { print } from "../../kernel/io.ts";
import type { Builtin } from "../builtin.ts";
import { setVariable, shellComplains, variable } from "../shell.ts";

/** Goes to another folder. */
export const cd: Builtin = {
  names: ["cd"],
  *run(shell, [given]) {
    const { self } = shell;
    const wanted = given === "-" ? variable(shell, "OLDPWD") : (given ?? variable(shell, "HOME"));
    const path = resolvePath(self.folder, wanted ?? "/");
    const node = self.kernel.host.tree.find(path);
    if (hasFailed(node) || node.kind !== "folder") {
      yield* shellComplains(
        shell,
        `cd: can't cd to ${wanted}: ${errorTexts[hasFailed(node) ? node.error : "ENOTDIR"]}`,
      );
      return 2;
    }
    setVariable(shell, "OLDPWD", { value: self.folder });
    self.folder = path;
    setVariable(shell, "PWD", { value: path });
    if (given === "-") yield* print(self, `${path}\n`);
    return 0;
  },
};
