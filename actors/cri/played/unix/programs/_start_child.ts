import { executable } from "../kernel/executable.ts";
import { complain } from "../kernel/io.ts";
import { type Process, type Running, toEnd } from "../kernel/process.ts";
import type { SignalName } from "../kernel/signals.ts";

/** A process that was started, or the status that stands for why there is none, which has been complained of. */
export type Started = { readonly child: Process } | { readonly status: number };

/** Starts a program as a child of a process, with its files. */
export function* startChild(
  self: Process,
  words: readonly string[],
  ignores: readonly SignalName[] = [],
): Running<Started> {
  const found = executable(self, words, self.env.get("PATH"));
  if (!found.ok) {
    yield* complain(self, `${words[0]}: ${found.text}`);
    return { status: found.status };
  }
  const { argv, program } = found;
  const { env, folder, user, files, kernel } = self;
  const run = (me: Process) => toEnd(program.run(me));
  const child = kernel.spawn({ parent: self, argv, env, folder, user, files, ignores, run });
  if (child) return { child };
  yield* complain(self, "can't fork: Resource temporarily unavailable");
  return { status: 126 };
}
