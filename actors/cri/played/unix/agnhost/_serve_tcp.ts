import { accept, type Connection, keepFile, listenAt } from "../kernel/connection.ts";
import type { Process, Running } from "../kernel/process.ts";
import { fatal, go, log } from "./_go.ts";

/** Serves connections of TCP beside whatever else the process does, one after the other; ends it where the port is taken. */
export function* serveTcp(
  self: Process,
  port: number,
  serve: (thread: Process, connection: Connection) => Running<void>,
): Running<void> {
  const listener = listenAt(self, port);
  if (!listener)
    return yield* fatal(self, `Error from net.Listen(): listen tcp :${port}: bind: address already in use`);
  keepFile(self, listener);
  go(self, function* (thread) {
    for (;;) yield* serve(thread, yield* accept(listener));
  });
}

/** Says that it serves, and waits for the signal to end. */
export function* untilTerminated(self: Process, port: number): Running<void> {
  yield* log(self, `Serving on port ${port}.`);
  self.handlers.set("TERM", "catch");
  while (self.pending.length === 0) yield {};
  yield* log(self, "Shutting down after receiving signal: terminated.");
  yield* log(self, "Awaiting pod deletion.");
}
