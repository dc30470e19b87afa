import { accept, keepFile, listenAt } from "../kernel/connection.ts";
import { serveHealth } from "../programs/_serve_grpc.ts";
import { startThread } from "../programs/_serve_http.ts";
import { answer, durationText, fatal, go, listenAndServe, log, problem, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** A server of the gRPC health protocol, which becomes ill after a while or when it is told to. */
export const grpcHealthChecking: Subcommand = {
  name: "grpc-health-checking",
  flags: { port: 5_000, "http-port": 8_080, "delay-unhealthy-sec": -1, service: "" },
  *run(self, given) {
    const { uptimeMs } = self.kernel.host;
    const startedMs = uptimeMs();
    const unhealthyAfterMs = given.number("delay-unhealthy-sec") * 1_000;
    let forced: boolean | undefined;
    const isIll = () => forced ?? (unhealthyAfterMs >= 0 && uptimeMs() - startedMs >= unhealthyAfterMs);
    const healthOf = (service: string) => {
      if (service !== given.text("service")) return undefined;
      return isIll() ? "NOT_SERVING" : "SERVING";
    };
    yield* log(self, `Http server starting to listen on :${given.number("http-port")}`);
    yield* listenAndServe(self, given.number("http-port"), function* (thread, { url }) {
      const isMade = url.pathname === "/make-serving" || url.pathname === "/make-not-serving";
      if (!isMade) return problem(thread, "404 page not found", 404);
      forced = url.pathname === "/make-not-serving";
      yield* log(thread, forced ? "Mark as unhealthy" : "Mark as healthy");
      return answer(thread, durationText(uptimeMs() - startedMs));
    });
    const port = given.number("port");
    yield* log(self, `gRPC server starting to listen on :${port}`);
    const listener = listenAt(self, port);
    if (!listener)
      return yield* fatal(
        self,
        `Error while starting the listening service listen tcp :${port}: bind: address already in use`,
      );
    keepFile(self, listener);
    go(self, function* (thread) {
      for (;;) {
        const connection = yield* accept(listener);
        startThread(thread, connection, (each) => serveHealth(each, connection, { healthOf }));
      }
    });
    return yield* waitForEver();
  },
};
