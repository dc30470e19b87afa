import { openDatagrams, receive } from "../kernel/datagrams.ts";
import type { Process, Running } from "../kernel/process.ts";
import { answer, fatal, go, goJson, listenAndServe, log, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Serves at each port that its environment names what stands there. */
export const porter: Subcommand = {
  name: "porter",
  flags: { "json-response": false },
  *run(self, given) {
    for (const [name, value] of self.env) {
      const [, kind = "", digits = ""] = /^SERVE_(?:(TCP|UDP|TLS|SCTP)_)?PORT_(\d+)$/.exec(name) ?? [];
      if (digits === "") continue;
      const port = Number(digits);
      if (kind === "SCTP") {
        yield* log(self, `kubetroupe plays this server, and its pods speak no SCTP: nobody listens at port ${port}`);
      } else if (kind === "UDP") yield* serveDatagrams(self, port, value);
      else {
        const where = { port, ...(kind === "TLS" ? { isOwnTls: true } : {}) };
        yield* listenAndServe(self, where, (thread, { method }) =>
          given.isSet("json-response")
            ? answer(thread, goJson({ Method: method, Body: value }), {
                headers: [["Content-Type", "application/json"]],
              })
            : answer(thread, value),
        );
      }
    }
    return yield* waitForEver();
  },
};

function* serveDatagrams(self: Process, port: number, value: string): Running<void> {
  const file = openDatagrams(self, port);
  if (!file) return yield* fatal(self, `UDP: failed to listen on port ${port}: bind: address already in use`);
  yield* log(self, `Started UDP server on port ${port}`);
  go(self, function* (thread) {
    for (;;) {
      const got = yield* receive(thread, file);
      if (typeof got !== "string") file.send(value, got.from);
    }
  });
}
