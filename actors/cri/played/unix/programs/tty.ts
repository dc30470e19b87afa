import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** Says which terminal a process talks to. */
export const tty: Program = {
  names: ["tty"],
  *run(self) {
    const isTerminal = self.files.get(0)?.isTerminal ?? false;
    yield* print(self, isTerminal ? "/dev/pts/0\n" : "not a tty\n");
    return isTerminal ? 0 : 1;
  },
};
