import { sleepUntil, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { formatDate } from "../programs/_dates.ts";
import { parseDuration } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

const methods = ["GET", "POST", "PUT"];
const namespaces = ["kube-system", "default", "ns"];
const letters = "bcdfghjklmnpqrstvwxz2456789";

/** Writes so many lines, evenly over a time. */
export const logsGenerator: Subcommand = {
  name: "logs-generator",
  flags: { "log-lines-total": 0, "run-duration": "0s" },
  letters: { t: "log-lines-total", d: "run-duration" },
  *run(self, given) {
    const total = given.number("log-lines-total");
    const durationMs = parseDuration(given.text("run-duration")) ?? 0;
    if (total <= 0) return yield* klogFatal(self, 61, `Invalid total number of lines: ${total}`);
    if (durationMs <= 0) return yield* klogFatal(self, 65, `Invalid duration: ${given.text("run-duration")}`);
    const { random, uptimeMs } = self.kernel.host;
    const pick = (from: readonly string[]) => from[random.int(from.length)] ?? "";
    let dueMs = uptimeMs();
    for (let id = 0; id < total; id++) {
      const method = pick(methods);
      const namespace = pick(namespaces);
      const name = Array.from({ length: 3 + random.int(2) }, () => letters[random.int(letters.length)]).join("");
      const line = `${id} ${method} /api/v1/namespaces/${namespace}/pods/${name} ${200 + random.int(400)}`;
      yield* klog(self, "I logs_generator.go:76", line);
      dueMs += durationMs / total;
      yield* sleepUntil(self, dueMs);
    }
    return 0;
  },
};

function* klog(self: Process, from: string, text: string): Running<void> {
  const date = new Date(self.kernel.host.wallMs());
  const time = formatDate(date, "%m%d %H:%M:%S.%N").slice(0, -3);
  const [severity = "", place = ""] = from.split(" ");
  const head = `${severity}${time} ${String(self.pid).padStart(7)} ${place}]`;
  yield* writeTo(self, self.files.get(2), `${head} ${text}\n`);
}

function* klogFatal(self: Process, line: number, text: string): Running {
  yield* klog(self, `F logs_generator.go:${line}`, text);
  return 255;
}
