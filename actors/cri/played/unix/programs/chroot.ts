import { errorTexts, hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { executable } from "../kernel/executable.ts";
import { complain } from "../kernel/io.ts";
import { withRoot } from "../kernel/kernel.ts";
import { mayChangeRoot, usualPrivileges } from "../kernel/privileges.ts";
import { type Program, toEnd } from "../kernel/process.ts";
import { isDebian } from "./_is_debian.ts";

/** Runs a program, or a shell, that sees one of the folders as the root of all files. */
export const chroot: Program = {
  names: ["chroot"],
  *run(self) {
    const [root = "", ...given] = self.argv.slice(self.argv[1]?.startsWith("--") ? 2 : 1);
    const words = given.length > 0 ? given : [self.env.get("SHELL") ?? "/bin/sh", "-i"];
    const failedStatus = isDebian(self) ? 125 : 1;
    const can = isDebian(self) ? "cannot" : "can't";
    const mayDo = mayChangeRoot(self.user.privileges ?? usualPrivileges);
    const tree = mayDo ? self.kernel.host.tree.from(resolvePath(self.folder, root)) : ({ error: "EPERM" } as const);
    if (hasFailed(tree)) {
      yield* complain(self, `${can} change root directory to '${root}': ${errorTexts[tree.error]}`);
      return failedStatus;
    }
    self.kernel = withRoot(self.kernel, tree);
    self.folder = "/";
    const found = executable(self, words, self.env.get("PATH"));
    if (!found.ok) {
      yield* complain(self, `can't execute '${words[0]}': ${found.text}`);
      return found.status;
    }
    self.argv = found.argv;
    return yield* toEnd(found.program.run(self));
  },
};
