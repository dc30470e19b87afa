import type { Process } from "../../kernel/process.ts";
import { statusOfSignal } from "../../kernel/signals.ts";
import type { Builtin } from "../builtin.ts";
import { runTraps } from "../traps.ts";

/** `wait` waits for what runs in the background; a signal that has a trap ends the wait. */
export const wait: Builtin = {
  names: ["wait"],
  *run(shell, pids) {
    const wanted: Process[] = pids.length === 0 ? [...shell.jobs] : [];
    for (const pid of pids) {
      const job = [...shell.jobs].find((each) => String(each.pid) === pid);
      if (!job) return 127;
      wanted.push(job);
    }
    let status = 0;
    for (const job of wanted) {
      while (job.status === undefined) {
        const [signal] = shell.self.pending;
        if (signal !== undefined) {
          yield* runTraps(shell);
          return statusOfSignal(signal);
        }
        yield { on: [job.ended] };
      }
      shell.jobs.delete(job);
      if (pids.length > 0) status = job.status;
    }
    return status;
  },
};
