import type { HttpHeader } from "../../../../network/http/http_message.ts";
import { hostPort } from "../../../../network/ip.ts";
import type { Process, Running } from "../kernel/process.ts";
import { askHttp, type Outcome } from "../programs/_ask_http.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { type ConsumedPath, consumed, isConsumed, lines, ofPosts, type Wish, wishOf } from "./_consumer.ts";
import { resolverLine } from "./_files.ts";
import { go, listenAndServe, problem, waitForEver } from "./_go.ts";
import type { Given, Subcommand } from "./_subcommand.ts";

const formHeaders: readonly HttpHeader[] = [
  ["User-Agent", "Go-http-client/1.1"],
  ["Content-Type", "application/x-www-form-urlencoded"],
];
/** It sends no more at once; who asks for more is told that it cannot be. */
const requestsMax = 1_000;

const units = {
  "/ConsumeCPU": { each: "consume", unit: "millicores" },
  "/ConsumeMem": { each: "consume", unit: "MB" },
} as const;

/** Spreads what is asked of it over the consumers behind a Service, in requests of a size. */
export const resourceConsumerController: Subcommand = {
  name: "resource-consumer-controller",
  flags: {
    port: 8080,
    "consumer-port": 8080,
    "consumer-service-name": "resource-consumer",
    "consumer-service-namespace": "default",
  },
  *run(self, given) {
    yield* listenAndServe(self, given.number("port"), (thread, request) =>
      ofPosts(thread, request, function* (path) {
        if (!isConsumed(path)) return problem(thread, "unknown function", 404);
        return yield* spread(thread, request, { path, given });
      }),
    );
    return yield* waitForEver();
  },
};

/** Where wishes go, and by which path. */
interface Way {
  readonly path: ConsumedPath;
  readonly given: Given;
}

function* spread(self: Process, request: Request, { path, given }: Way): Running<Response> {
  const asked = wishOf(self, request, { path, isByParts: true });
  if ("refusal" in asked) return asked.refusal;
  const { wish } = asked;
  const count = Math.trunc(wish.amount / wish.requestSize);
  const rest = wish.amount - count * wish.requestSize;
  if (count > requestsMax)
    return problem(
      self,
      `kubetroupe plays this server, and it sends no more than ${requestsMax} requests at once`,
      400,
    );
  const domain = resolverLine(self, "search")
    ?.find((each) => each.startsWith("svc."))
    ?.slice(4);
  const host = `${given.text("consumer-service-name")}.${given.text("consumer-service-namespace")}.svc.${domain}`;
  const said = [
    path === "/BumpMetric"
      ? `RC manager: sending ${count} requests to bump custom metric by ${wish.requestSize} each and 1 request to bump by ${rest}`
      : `RC manager: sending ${count} requests to ${units[path].each} ${wish.requestSize} ${units[path].unit} each and 1 request to consume ${rest} ${units[path].unit}`,
  ];
  const parts = [...Array.from({ length: Math.max(0, count) }, () => wish.requestSize), ...(rest > 0 ? [rest] : [])];
  let left = parts.length;
  const ended = new Set<Process>();
  for (const amount of parts)
    go(self, function* (thread) {
      said.push(yield* send(thread, { host, port: given.number("consumer-port"), path }, { ...wish, amount }));
      left--;
      self.kernel.wake(ended);
    });
  while (left > 0) yield { on: [ended] };
  return lines(self, said);
}

interface Consumers {
  readonly host: string;
  readonly port: number;
  readonly path: ConsumedPath;
}

/** Asks for a part, and says what came of it. */
function* send(self: Process, { host, port, path }: Consumers, { amount, metric, seconds }: Wish): Running<string> {
  const form = new URLSearchParams({ [consumed[path].amount]: String(amount), durationSec: String(seconds) });
  if (path === "/BumpMetric") form.set("metric", metric);
  form.sort();
  const question = { host, port, method: "POST", target: path, headers: formHeaders, body: form.toString() };
  const outcome = yield* askHttp(self, question);
  if (outcome.kind !== "answer")
    return `Failed to connect to consumer: Post "http://${host}:${port}${path}": ${problemOf(outcome, host, port)}`;
  return path === "/BumpMetric"
    ? `Bumped metric ${metric} by ${amount}`
    : `Consumed ${amount} ${consumed[path].amount}`;
}

function problemOf(outcome: Exclude<Outcome, { readonly kind: "answer" }>, host: string, port: number): string {
  if (outcome.kind !== "unconnected") return outcome.kind === "empty" ? "EOF" : "read: connection reset by peer";
  if (outcome.ip === undefined) return `dial tcp: lookup ${host}: no such host`;
  const reasons: Partial<Record<typeof outcome.error, string>> = {
    ECONNREFUSED: "connection refused",
    EHOSTUNREACH: "no route to host",
  };
  return `dial tcp ${hostPort({ ip: outcome.ip, port })}: connect: ${reasons[outcome.error] ?? "connection timed out"}`;
}
