import { connectTo, hasNotConnected } from "../kernel/connection.ts";
import { print } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Program } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";

/** Whether a server of PostgreSQL takes connections; that of the same container, which is played, does. */
export const pgIsready: Program = {
  names: ["pg_isready"],
  *run(self) {
    const { flags } = yield* argumentsOf(self, "h:p:U:d:t:qV");
    const [host, port] = [flags.get("h") ?? self.env.get("PGHOST") ?? "", Number(flags.get("p") ?? 5432)];
    const isOwn = host === "" || host.startsWith("/") || host === "localhost" || host === "127.0.0.1";
    const found = isOwn ? undefined : yield* addressesOf(self, host);
    const ip = found?.ok ? (found.addresses[0] ?? "") : "";
    const waitMs = 1_000 * Number(flags.get("t") ?? 3);
    const isThere = isOwn || (ip !== "" && !hasNotConnected(yield* connectTo(self, { ip, port }, waitMs)));
    const where = `${host === "" ? "/var/run/postgresql" : host}:${port}`;
    if (!flags.has("q")) yield* print(self, `${where} - ${isThere ? "accepting connections" : "no response"}\n`);
    return isThere ? 0 : 2;
  },
};
