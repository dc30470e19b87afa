import { notPlayed } from "../kernel/executable.ts";
import { complain } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";

/** With these a server does something else than to serve. */
const otherUses = new Set(["-v", "-V", "-t", "-T", "-s", "-h", "-?", "-k", "--version", "--help", "-M", "-S", "-l"]);

/**
 * The server that an image is made for, as far as it is played: it runs until it is told to end. Nobody listens; what
 * its probes find is as the catalogue says of the image.
 */
export const server: Program = {
  names: ["postgres"],
  *run(self) {
    const [name = "", ...words] = self.argv;
    if (!self.session.isMain || words.some((word) => otherUses.has(word))) {
      self.session.unknownProgram ??= name;
      yield* complain(self, notPlayed);
      return 127;
    }
    for (const signal of ["TERM", "INT", "QUIT", "WINCH"] as const) self.handlers.set(signal, "catch");
    while (self.pending.length === 0) yield {};
    return 0;
  },
};
