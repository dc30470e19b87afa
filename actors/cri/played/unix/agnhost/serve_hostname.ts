import { hostPort } from "../../../../network/ip.ts";
import { type Connection, closeFile, keepFile } from "../kernel/connection.ts";
import { openDatagrams, receive } from "../kernel/datagrams.ts";
import { sleepUntil, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { answer, fatal, go, listenAndServe, log, remoteAddress } from "./_go.ts";
import { serveTcp, untilTerminated } from "./_serve_tcp.ts";
import type { Subcommand } from "./_subcommand.ts";

const lingerMs = 60_000;

/** Tells everybody its host's name, by HTTP, TCP or UDP. */
export const serveHostname: Subcommand = {
  name: "serve-hostname",
  flags: { tcp: false, udp: false, http: true, close: false, port: 9376 },
  *run(self, given) {
    const port = given.number("port");
    const { hostname } = self.kernel.host;
    const isRaw = given.isSet("tcp") || given.isSet("udp");
    if (given.isSet("http") && isRaw)
      return yield* fatal(self, "Can't server TCP/UDP mode and HTTP mode at the same time");
    if (given.isSet("tcp")) yield* serveTcp(self, port, tellByTcp);
    if (given.isSet("udp")) yield* overUdp(self, port);
    if (given.isSet("http")) {
      yield* listenAndServe(self, port, function* (thread, { connection }) {
        yield* log(thread, `HTTP request from ${remoteAddress(connection)}`);
        return answer(thread, hostname, given.isSet("close") ? { headers: [["Connection", "close"]] } : {});
      });
    }
    yield* untilTerminated(self, port);
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + lingerMs);
    return 0;
  },
};

function* tellByTcp(thread: Process, connection: Connection): Running<void> {
  const descriptor = keepFile(thread, connection);
  yield* log(thread, `TCP request from ${remoteAddress(connection)}`);
  yield* writeTo(thread, connection, thread.kernel.host.hostname);
  closeFile(thread, descriptor);
}

function* overUdp(self: Process, port: number): Running<void> {
  const file = openDatagrams(self, port);
  if (!file) return yield* fatal(self, `Error from ListenUDP(): listen udp :${port}: bind: address already in use`);
  go(self, function* (thread) {
    for (;;) {
      const got = yield* receive(thread, file);
      if (typeof got === "string") continue;
      yield* log(thread, `UDP request from ${hostPort(got.from)}`);
      file.send(thread.kernel.host.hostname, got.from);
    }
  });
}
