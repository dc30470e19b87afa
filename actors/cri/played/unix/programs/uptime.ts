import { print } from "../kernel/io.ts";
import type { Program } from "../kernel/process.ts";
import { formatDate } from "./_dates.ts";

/** Says how long the system has been up. */
export const uptime: Program = {
  names: ["uptime"],
  *run(self) {
    const { uptimeMs, wallMs } = self.kernel.host;
    const minutes = Math.floor(uptimeMs() / 60_000);
    const [hours, days] = [Math.floor(minutes / 60) % 24, Math.floor(minutes / 1440)];
    const clock = `${hours}:${String(minutes % 60).padStart(2, "0")}`;
    const up = `${days > 0 ? `${days} days, ` : ""}${minutes < 60 ? `${minutes} min` : clock}`;
    yield* print(self, ` ${formatDate(new Date(wallMs()), "%T")} up ${up},  load average: 0.00, 0.00, 0.00\n`);
    return 0;
  },
};
