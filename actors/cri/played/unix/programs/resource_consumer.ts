import { consumed, goFlags, isConsumed, lines, ofPosts, type Wish, wishOf } from "../agnhost/_consumer.ts";
import { answer, go, listenAndServe, log, problem, waitForEver } from "../agnhost/_go.ts";
import { executable } from "../kernel/executable.ts";
import { sleepUntil, waitFor } from "../kernel/io.ts";
import { openSink, openText } from "../kernel/open_file.ts";
import { type Process, type Program, type Running, toEnd } from "../kernel/process.ts";

/** Uses what it is asked to use, as Kubernetes' tests of autoscaling do it. Source: test/images/resource-consumer. */
export const resourceConsumer: Program = {
  names: ["consumer"],
  *run(self) {
    for (const signal of ["TERM", "INT", "QUIT", "HUP"] as const) self.handlers.set(signal, "exit");
    const metrics = new Map<string, number>();
    const { port = "8080" } = goFlags(self.argv.slice(1));
    yield* listenAndServe(self, Number(port), function* (thread, request) {
      if (request.url.pathname === "/metrics") return answer(thread, metricsText(metrics));
      return yield* ofPosts(thread, request, function* (path) {
        if (path === "/GetCurrentStatus") {
          yield* log(thread, "GetCurrentStatus");
          return answer(thread, "Warning: not implemented!\nGetCurrentStatus");
        }
        if (!isConsumed(path)) return problem(thread, `unknown function: ${path}`, 404);
        const asked = wishOf(thread, request, { path });
        if ("refusal" in asked) return asked.refusal;
        const { amount, seconds, metric } = asked.wish;
        if (path === "/BumpMetric") go(self, (me) => bump(me, metrics, asked.wish));
        else go(self, (me) => consume(me, path, asked.wish));
        return lines(thread, [
          path.slice(1),
          ...(path === "/BumpMetric" ? [`${metric} metric`] : []),
          `${amount} ${consumed[path].amount}`,
          `${seconds} durationSec`,
        ]);
      });
    });
    return yield* waitForEver();
  },
};

/** Each wish is a process of its own. */
function* consume(self: Process, path: "/ConsumeCPU" | "/ConsumeMem", { amount, seconds }: Wish): Running<void> {
  yield* log(self, `${path.slice(1)} ${consumed[path].amount}: ${amount}, durationSec: ${seconds}`);
  const words =
    path === "/ConsumeCPU"
      ? ["./consume-cpu/consume-cpu", `-millicores=${amount}`, `-duration-sec=${seconds}`]
      : ["stress", "-m", "1", "--vm-bytes", `${amount}M`, "--vm-hang", "0", "-t", String(seconds)];
  const found = executable(self, words, self.env.get("PATH"));
  if (!found.ok) return;
  const { argv, program } = found;
  const { env, folder, user, kernel } = self;
  const sink = openSink(() => undefined);
  const files = new Map([
    [0, openText("")],
    [1, sink],
    [2, sink],
  ]);
  const run = (me: Process) => toEnd(program.run(me));
  const child = kernel.spawn({ parent: self.leader ?? self, argv, env, folder, user, files, run });
  if (child) yield* waitFor(child);
}

function* bump(self: Process, metrics: Map<string, number>, { metric, amount, seconds }: Wish): Running<void> {
  const add = (delta: number) => metrics.set(metric, (metrics.get(metric) ?? 0) + delta);
  add(amount);
  yield* sleepUntil(self, self.kernel.host.uptimeMs() + seconds * 1_000);
  add(-amount);
}

function metricsText(metrics: ReadonlyMap<string, number>): string {
  return [...metrics]
    .map(([name, value]) => `# HELP ${name} info message.\n# TYPE ${name} gauge\n${name} ${value.toFixed(6)}\n`)
    .join("");
}
