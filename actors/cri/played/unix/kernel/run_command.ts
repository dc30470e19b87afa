import { executable } from "./executable.ts";
import { type Process, type Running, toEnd } from "./process.ts";

/** A process that lives and does nothing, as far as anyone can see. */
export function* idle(): Running {
  for (;;) yield {};
}

/** What a container's own process, or a command that is run in it, does: its program, or to say why there is none. */
export function* runCommand(self: Process, argv: readonly string[], searched: string | undefined): Running {
  const found = executable(self, argv, searched);
  if (found.ok) {
    self.argv = found.argv;
    return yield* toEnd(found.program.run(self));
  }
  const reason = found.status === 127 ? "executable file not found in $PATH" : "permission denied";
  self.files
    .get(2)
    ?.write(`exec: ${JSON.stringify(argv[0] ?? "")}: ${reason} (${found.text.replace(/^not found \(|\)$/g, "")})\n`);
  return found.status;
}
