import type { Running } from "../kernel/process.ts";
import { Interrupt, type Shell } from "./shell.ts";

/** Does what the script wants done for the signals that have come. */
export function* runTraps(shell: Shell): Running<void> {
  for (let name = shell.self.pending.shift(); name !== undefined; name = shell.self.pending.shift()) {
    const trap = shell.traps.get(name);
    if (trap === undefined && name === "INT" && shell.isInteractive) throw new Interrupt();
    if (trap === undefined) continue;
    const { status } = shell;
    yield* shell.evaluator.runText(shell, trap);
    shell.status = status;
  }
}
