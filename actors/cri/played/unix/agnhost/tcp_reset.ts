import { accept, keepFile, listenAt } from "../kernel/connection.ts";
import { readSome } from "../kernel/io.ts";
import { fatal, go, log, remoteAddress } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Breaks every connection as soon as something was written to it. */
export const tcpReset: Subcommand = {
  name: "tcp-reset",
  flags: { port: 8080 },
  *run(self, given) {
    const port = given.number("port");
    const listener = listenAt(self, port);
    if (!listener)
      return yield* fatal(self, `Error from net.Listen(): listen tcp :${port}: bind: address already in use`);
    keepFile(self, listener);
    go(self, function* (thread) {
      for (;;) {
        const connection = yield* accept(listener);
        keepFile(thread, connection);
        yield* readSome(thread, connection);
        connection.reset();
        yield* log(thread, `TCP request from ${remoteAddress(connection)}`);
      }
    });
    yield* log(self, `Serving on port ${port}.`);
    self.handlers.set("TERM", "catch");
    while (self.pending.length === 0) yield {};
    yield* log(self, "Shutting down after receiving signal: terminated.");
    yield* log(self, "Awaiting pod deletion.");
    return 0;
  },
};
