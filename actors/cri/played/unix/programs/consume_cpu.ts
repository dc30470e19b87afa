import { goFlags } from "../agnhost/_consumer.ts";
import { sleepUntil } from "../kernel/io.ts";
import { turn } from "../kernel/kernel.ts";
import type { Program } from "../kernel/process.ts";

/** How long it rests at least when it has had enough. */
const restMsMin = 100;

/** Takes so much of a processor on average, and no more: `consume-cpu -millicores=100 -duration-sec=30`. */
export const consumeCpu: Program = {
  names: ["consume-cpu"],
  *run(self) {
    const { millicores = "0", "duration-sec": seconds = "0" } = goFlags(self.argv.slice(1));
    const { kernel, startedMs } = self;
    const { uptimeMs } = kernel.host;
    const share = Math.min(1, Number(millicores) / 1_000);
    const untilMs = startedMs + Number(seconds) * 1_000;
    while (uptimeMs() < untilMs) {
      const enoughUntilMs = share > 0 ? startedMs + self.busyMs / share : untilMs;
      if (enoughUntilMs > uptimeMs() || share <= 0) {
        yield* sleepUntil(self, Math.min(untilMs, Math.max(enoughUntilMs, uptimeMs() + restMsMin)));
      } else if (kernel.spend(100)) yield turn;
    }
    return 0;
  },
};
