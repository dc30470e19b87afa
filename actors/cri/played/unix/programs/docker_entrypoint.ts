import { executable } from "../kernel/executable.ts";
import { complain } from "../kernel/io.ts";
import { type Program, toEnd } from "../kernel/process.ts";

/** What official images begin with: it prepares something and then runs what it was given. */
export const dockerEntrypoint: Program = {
  names: ["docker-entrypoint.sh"],
  *run(self) {
    const found = executable(self, self.argv.slice(1), self.env.get("PATH"));
    if (!found.ok) {
      yield* complain(self, `exec: ${self.argv[1] ?? ""}: ${found.text}`);
      return found.status;
    }
    self.argv = found.argv;
    return yield* toEnd(found.program.run(self));
  },
};
