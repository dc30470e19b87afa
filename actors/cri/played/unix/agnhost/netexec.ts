import { hostPort } from "../../../../network/ip.ts";
import { openDatagrams, receive } from "../kernel/datagrams.ts";
import { sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { answer, exit, fatal, go, listenAndServe, log } from "./_go.ts";
import { netexecRoutes } from "./_netexec_routes.ts";
import type { Subcommand } from "./_subcommand.ts";

const overrideHost = "http://override";

/** A server with something to do for every test. */
export const netexec: Subcommand = {
  name: "netexec",
  flags: {
    ...{ "http-port": 8080, "udp-port": 8081, "sctp-port": -1, "http-override": "", "udp-listen-addresses": "" },
    ...{ "tls-cert-file": "", "tls-private-key-file": "", "delay-shutdown": 0 },
  },
  *run(self, given) {
    const udpPort = given.number("udp-port");
    if (given.number("sctp-port") !== -1)
      return yield* fatal(self, "kubetroupe plays this server, and its pods speak no SCTP");
    const [certFile, keyFile] = [given.text("tls-cert-file"), given.text("tls-private-key-file")];
    let isReady = false;
    let isEnding = false;
    if (udpPort !== -1) {
      yield* serveDatagrams(self, udpPort);
      isReady = true;
    }
    const httpPort = given.number("http-port");
    yield* log(self, `Started HTTP server on port ${httpPort}`);
    const override = given.text("http-override");
    yield* listenAndServe(self, { port: httpPort, certFile, keyFile }, function* (thread, asked) {
      const url = override === "" ? asked.url : new URL(override, overrideHost);
      const request = { ...asked, url };
      const route = netexecRoutes[url.pathname] ?? netexecRoutes["/"];
      const netexec = { isReady: () => isReady, isEnding: () => isEnding, shutDown };
      return route ? yield* route(thread, request, netexec) : answer(thread, "");
    });
    self.handlers.set("TERM", "catch");
    while (self.pending.length === 0) yield {};
    isEnding = true;
    const delayMs = given.number("delay-shutdown") * 1000;
    if (delayMs === 0) return 0;
    yield* log(self, `Sleeping ${given.number("delay-shutdown")} seconds before terminating...`);
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + delayMs);
    return 0;
  },
};

function* shutDown(self: Process, code: number): Running<never> {
  yield* log(self, "Graceful shutdown completed with: <nil>");
  return yield* exit(self, code);
}

function* serveDatagrams(self: Process, port: number): Running<void> {
  const file = openDatagrams(self, port);
  if (!file) {
    const text = `listen udp :${port}: bind: address already in use`;
    return yield* fatal(self, `Error occurred: failed to create listener for UDP address :${port}:${text}`);
  }
  yield* log(self, `Started UDP server on port  ${port}`);
  go(self, function* (thread) {
    for (;;) {
      const got = yield* receive(thread, file);
      if (typeof got === "string") continue;
      const text = got.data.trim().toLowerCase();
      const from = hostPort(got.from);
      if (text === "hostname") {
        yield* log(thread, "Sending udp hostName response");
        file.send(thread.kernel.host.hostname, got.from);
      } else if (text.startsWith("echo ")) {
        yield* log(thread, `Echoing ${text.slice(5)} to UDP client ${from}`);
        file.send(text.slice(5), got.from);
      } else if (text === "clientip") {
        yield* log(thread, `Sending clientip back to UDP client ${from}`);
        file.send(from, got.from);
      } else if (text !== "") yield* log(thread, `Unknown UDP command received from ${from}: ${text}`);
    }
  });
}
