import { print, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { connect, isSession, type Session } from "../mysql/client.ts";
import { clientWords } from "../mysql/options.ts";
import { commands } from "../mysql/payloads.ts";

/** Looks after a server: whether it lives, and how it does. */
export const mysqladmin: Program = {
  names: ["mysqladmin", "mariadb-admin"],
  *run(self) {
    const { target, options, rest } = yield* clientWords(self);
    const waitMs = 1_000 * Number(options.get("connect-timeout") || Number.POSITIVE_INFINITY);
    const met = yield* connect(self, { ...target, waitMs });
    const isPing = rest[0] === "ping";
    // Who is not let in has met somebody.
    if (isPing && (isSession(met) || met.number === 1045)) {
      yield* print(self, "mysqld is alive\n");
      return 0;
    }
    if (!isSession(met)) {
      yield* complain(self, `mysqladmin: connect to server at '${target.host}' failed\nerror: '${met.message}'`);
      if (met.number === 2002) {
        const socket = "/var/run/mysqld/mysqld.sock";
        yield* complain(self, `Check that mysqld is running and that the socket: '${socket}' exists!`);
      }
      return 1;
    }
    return yield* command(self, met, rest[0] ?? "");
  },
};

function* complain(self: Process, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), `${text}\n`);
}

function* command(self: Process, session: Session, name: string): Running {
  switch (name) {
    case "status":
      yield* print(self, `${(yield* session.command(commands.statistics, "")) ?? ""}\n`);
      return 0;
    case "version":
      yield* print(self, `Server version\t\t${session.version}\nProtocol version\t10\nConnection\t\tvia TCP/IP\n`);
      return 0;
    case "variables":
    case "extended-status":
    case "processlist": {
      const sql = { variables: "SHOW VARIABLES", "extended-status": "SHOW STATUS", processlist: "SHOW PROCESSLIST" }[
        name
      ];
      const [outcome] = yield* session.query(sql);
      const rows = outcome?.sort === "rows" ? outcome.rows : [];
      yield* print(self, rows.map((row) => `${row.join("\t")}\n`).join(""));
      return 0;
    }
    default:
      yield* complain(self, `mysqladmin: kubetroupe plays this program, and does not know '${name}'`);
      return 1;
  }
}
