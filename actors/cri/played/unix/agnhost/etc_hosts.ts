import { readFile } from "./_files.ts";
import { printLine } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Prints the file of hosts. */
export const etcHosts: Subcommand = {
  name: "etc-hosts",
  *run(self) {
    const read = readFile(self, "/etc/hosts");
    yield* printLine(self, "text" in read ? read.text : `panic: ${read.error}`);
    return "text" in read ? 0 : 2;
  },
};
