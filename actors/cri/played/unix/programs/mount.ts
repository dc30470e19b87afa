import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Lists what is mounted; nothing can be mounted from within a container. */
export const mount: Program = {
  names: ["mount"],
  *run(self) {
    if (self.argv.slice(1).some((word) => !word.startsWith("-"))) {
      yield* complain(self, "permission denied (are you root?)");
      return 1;
    }
    for (const { source, path, type, isReadOnly } of self.kernel.host.tree.mounts()) {
      yield* print(self, `${source} on ${path} type ${type} (${isReadOnly ? "ro" : "rw"},relatime)\n`);
    }
    return 0;
  },
};
