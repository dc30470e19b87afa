import { keepFile } from "../kernel/connection.ts";
import { readSome } from "../kernel/io.ts";
import { log, remoteAddress } from "./_go.ts";
import { serveTcp, untilTerminated } from "./_serve_tcp.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Breaks every connection as soon as something was written to it. */
export const tcpReset: Subcommand = {
  name: "tcp-reset",
  flags: { port: 8080 },
  *run(self, given) {
    const port = given.number("port");
    yield* serveTcp(self, port, function* (thread, connection) {
      keepFile(thread, connection);
      yield* readSome(thread, connection);
      connection.reset();
      yield* log(thread, `TCP request from ${remoteAddress(connection)}`);
    });
    yield* untilTerminated(self, port);
    return 0;
  },
};
