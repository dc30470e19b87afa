import { connectTo, hasNotConnected, keepFile } from "../kernel/connection.ts";
import { complain, print } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { copyStreams } from "./_copy_streams.ts";
import { socketErrors } from "./_socket_errors.ts";

/** Connects to a port and passes on what comes; nothing is negotiated. */
export const telnet: Program = {
  names: ["telnet"],
  *run(self) {
    const { rest } = yield* argumentsOf(self, "al:");
    const [host = "", port = "23"] = rest;
    const found = yield* addressesOf(self, host);
    if (!found.ok) {
      yield* complain(self, `bad address '${host}'`);
      return 1;
    }
    const [ip = ""] = found.addresses;
    const connection = yield* connectTo(self, { ip, port: Number(port) });
    if (hasNotConnected(connection)) {
      yield* complain(self, `can't connect to remote host (${ip}): ${socketErrors[connection.error]}`);
      return 1;
    }
    keepFile(self, connection);
    yield* print(self, `Connected to ${host}\n`);
    yield* copyStreams(self, connection);
    yield* print(self, "Connection closed by foreign host\n");
    return 1;
  },
};
