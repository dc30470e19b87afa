import { printLine } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Shows with which words it was started. */
export const entrypointTester: Subcommand = {
  name: "entrypoint-tester",
  *run(self) {
    yield* printLine(self, `[${self.argv.join(" ")}]`);
    return 0;
  },
};
