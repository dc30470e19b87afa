import { bytesOf, textOf } from "../byte_text.ts";
import { sleepUntil, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, durationText, hasBadEscape, listenAndServe, problem, unescapedBytes, waitForEver } from "./_go.ts";
import { redirect } from "./_netexec_routes.ts";
import type { Subcommand } from "./_subcommand.ts";

const healthyMs = 10_000;
const port = 8080;

/** A server that is well for ten seconds, and then ill. */
export const liveness: Subcommand = {
  name: "liveness",
  *run(self) {
    const startedMs = self.kernel.host.uptimeMs();
    yield* listenAndServe(self, port, function* (thread, request) {
      return yield* route(thread, request, thread.kernel.host.uptimeMs() - startedMs);
    });
    return yield* waitForEver();
  },
};

function* route(self: Process, request: Request, ranMs: number): Running<Response | undefined> {
  const { pathname, searchParams } = request.url;
  const number = (name: string, otherwise: number) => Number(searchParams.get(name) || otherwise);
  const wait = () => sleepUntil(self, self.kernel.host.uptimeMs() + number("time", 0) * 1000);
  const filling = "0123456789abcdef".repeat(64 * number("size", 0));
  const status = number("code", 500);
  if (pathname === "/started") return answer(self, durationText(ranMs));
  if (pathname === "/healthz") {
    return ranMs > healthyMs ? answer(self, `error: ${ranMs / 1000}`, { status: 500 }) : answer(self, "ok");
  }
  if (pathname === "/redirect") {
    const location = searchParams.get("loc") ?? "";
    if (hasBadEscape(location)) return problem(self, `invalid redirect: ${JSON.stringify(location)}`, 400);
    return redirect(self, textOf(unescapedBytes(bytesOf(location.replaceAll("+", " ")))), 302);
  }
  if (pathname === "/disconnect-headers") return undefined;
  if (pathname === "/sleep-headers") {
    yield* wait();
    return answer(self, `Slept for ${number("time", 0)} secs\n${filling}`, { status });
  }
  if (pathname === "/disconnect-body") {
    yield* writeTo(self, request.connection, `HTTP/1.1 ${status} \r\nTransfer-Encoding: chunked\r\n\r\n`);
    return undefined;
  }
  if (pathname === "/sleep-body" || pathname === "/slow-response") {
    const eachMs = number("interval", 0) * 1000 * number("size", 0);
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + eachMs);
    if (pathname === "/sleep-body") yield* wait();
    const told =
      pathname === "/sleep-body" ? `Sleeping for ${number("time", 0)} secs\nSlept for ${number("time", 0)} secs\n` : "";
    return answer(self, filling + told, { status });
  }
  return problem(self, "404 page not found", 404);
}
