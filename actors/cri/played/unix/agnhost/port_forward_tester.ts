import { accept, closeFile, keepFile, listenAt } from "../kernel/connection.ts";
import { readSome, sleepUntil, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { printLine } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

const lingerMs = 500;

/** Takes one connection, reads what it expects and sends pieces: what the tests of port-forward talk to. */
export const portForwardTester: Subcommand = {
  name: "port-forward-tester",
  *run(self) {
    const variable = (name: string) => self.env.get(name) ?? "";
    const port = Number(variable("BIND_PORT"));
    const listener = listenAt(self, port);
    if (!listener) {
      yield* printLine(self, `Error listening: listen tcp 127.0.0.1:${port}: bind: address already in use`);
      return 1;
    }
    const listening = keepFile(self, listener);
    const connection = yield* accept(listener);
    const descriptor = keepFile(self, connection);
    closeFile(self, listening);
    yield* printLine(self, "Accepted client connection");
    const expected = variable("EXPECTED_CLIENT_DATA");
    let got = "";
    while (got.length < expected.length) {
      const bytes = yield* readSome(self, connection);
      if (bytes === "") break;
      got += bytes;
    }
    if (got.length < expected.length) {
      yield* printLine(
        self,
        `Expected to read ${expected.length} bytes from client, but got ${got.length} instead. err=EOF`,
      );
      return 2;
    }
    if (!got.startsWith(expected)) {
      yield* printLine(self, `Expect to read ${JSON.stringify(expected)}, but got ${JSON.stringify(got)}. err=<nil>`);
      return 3;
    }
    if (expected !== "") yield* printLine(self, "Received expected client data");
    const [chunks, size, eachMs] = [
      yield* count(self, "CHUNKS"),
      yield* count(self, "CHUNK_SIZE"),
      yield* count(self, "CHUNK_INTERVAL"),
    ];
    if (chunks === undefined || size === undefined || eachMs === undefined) return 1;
    for (let each = 0; each < chunks; each++) {
      yield* writeTo(self, connection, "x".repeat(size));
      if (each + 1 < chunks) yield* sleepUntil(self, self.kernel.host.uptimeMs() + eachMs);
    }
    yield* printLine(self, "Shutting down connection");
    connection.shut();
    yield* sleepUntil(self, self.kernel.host.uptimeMs() + lingerMs);
    closeFile(self, descriptor);
    yield* printLine(self, "Done");
    return 0;
  },
};

function* count(self: Process, name: string): Running<number | undefined> {
  const text = self.env.get(name) ?? "";
  if (/^-?\d+$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  yield* printLine(self, `Error parsing ${name} ${quoted}: strconv.Atoi: parsing ${quoted}: invalid syntax`);
  return undefined;
}
