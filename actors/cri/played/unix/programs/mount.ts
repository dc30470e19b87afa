import { complain, print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Lists what is mounted, all of it or what is of a type; nothing can be mounted from within a container. */
export const mount: Program = {
  names: ["mount"],
  *run(self) {
    const words = self.argv.slice(1);
    const at = words.indexOf("-t");
    const [, wanted] = at < 0 ? [] : words.splice(at, 2);
    if (words.some((word) => !word.startsWith("-"))) {
      yield* complain(self, "permission denied (are you root?)");
      return 1;
    }
    for (const { source, path, type, isReadOnly } of self.kernel.host.tree.mounts()) {
      if (wanted !== undefined && !wanted.split(",").includes(type)) continue;
      yield* print(self, `${source} on ${path} type ${type} (${isReadOnly ? "ro" : "rw"},relatime)\n`);
    }
    return 0;
  },
};
