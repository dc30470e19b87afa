import { type Executable, executable } from "./executable.ts";
import { writeTo } from "./io.ts";
import { type Process, type Program, type Running, toEnd } from "./process.ts";

/** A process that lives and does nothing, as far as anyone can see. */
export function* idle(): Running {
  for (;;) yield {};
}

/**
 * What a process is to be for good. In place of a program that nobody knows the container's own process is one that says
 * so and does nothing, where its container may.
 */
export function executableForGood(self: Process, argv: readonly string[], searched?: string): Executable {
  const found = executable(self, argv, searched);
  const [name = ""] = argv;
  const { host, first } = self.kernel;
  const { nothingRuns } = host;
  if (found.ok || found.status !== 127 || nothingRuns === undefined || first !== self) return found;
  const rest: Program = {
    names: [name],
    *run() {
      yield* writeTo(self, self.files.get(2), `${nothingRuns(name)}\n`);
      return yield* idle();
    },
  };
  return { ok: true, program: rest, argv, path: name };
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
