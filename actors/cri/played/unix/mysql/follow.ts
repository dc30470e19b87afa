import { sleepUntil } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { FollowOrder } from "./answers.ts";
import { connect, isSession, type Session } from "./client.ts";
import { dataFolder, entriesIn, ledgerName, textAt, writeText } from "./ledger.ts";
import { commands } from "./payloads.ts";
import { numberOf, type Value } from "./values.ts";
import { int } from "./wire.ts";

/** Whom a server follows, and how far. */
interface Followed {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly retryMs: number;
  position: number;
  isRunning: boolean;
  problem: string;
}

/** A server's following of another. */
export interface Following {
  order(order: FollowOrder): void;
  status(): readonly (readonly [string, Value])[];
  /** Follows for as long as the server lives. */
  run(self: Process): Running;
}

const path = `${dataFolder}/master.info`;
const lookMs = 1_000;

/** Follows another server by asking it for what has changed since; `apply` performs and keeps what comes. */
export function createFollowing(owner: Process, apply: (text: string) => void): Following {
  let followed = read(owner);
  const keep = () => writeText(owner, path, JSON.stringify(followed ?? {}));
  return {
    order(order) {
      if (order.do === "change") followed = changed(followed, order.settings);
      else if (order.do === "reset") followed = undefined;
      else if (followed) followed.isRunning = order.do === "start";
      keep();
    },
    status() {
      if (!followed) return [];
      const { host, user, port, position, isRunning, problem, retryMs } = followed;
      const runs = isRunning ? "Yes" : "No";
      return Object.entries({
        Slave_IO_State: isRunning ? "Waiting for source to send event" : "",
        ...{ Master_Host: host, Master_User: user, Master_Port: port, Connect_Retry: retryMs / 1_000 },
        ...{ Master_Log_File: ledgerName, Read_Master_Log_Pos: position },
        ...{ Slave_IO_Running: problem === "" ? runs : "Connecting", Slave_SQL_Running: runs, Last_IO_Error: problem },
        Seconds_Behind_Master: isRunning && problem === "" ? 0 : null,
      });
    },
    *run(self) {
      let session: Session | undefined;
      for (;;) {
        const now = followed;
        if (!now?.isRunning) session = undefined;
        else if (!session) session = yield* begin(self, now);
        if (now?.isRunning && session) {
          const text = yield* session.command(commands.dump, int(now.position, 4));
          if (text === undefined || text[0] === "\xff") session = undefined;
          else if (text !== "" && now === followed) {
            apply(text);
            now.position += text.length;
            keep();
            continue;
          }
        }
        yield* sleepUntil(self, self.kernel.host.uptimeMs() + (now?.problem ? now.retryMs : lookMs));
      }
    },
  };
}

function* begin(self: Process, followed: Followed): Running<Session | undefined> {
  const { host, port, user, password, retryMs } = followed;
  const met = yield* connect(self, { host, port, user, password, waitMs: retryMs });
  followed.problem = isSession(met)
    ? ""
    : `error connecting to source '${user}@${host}:${port}'. Message: ${met.message}`;
  return isSession(met) ? met : undefined;
}

function changed(before: Followed | undefined, settings: ReadonlyMap<string, Value>): Followed {
  const text = (name: string, otherwise: string) => String(settings.get(name) ?? otherwise);
  const number = (name: string, otherwise: number) => numberOf(settings.get(name) ?? otherwise);
  return {
    host: text("HOST", before?.host ?? ""),
    port: number("PORT", before?.port ?? 3306),
    user: text("USER", before?.user ?? ""),
    password: text("PASSWORD", before?.password ?? ""),
    retryMs: 1_000 * number("CONNECT_RETRY", 60),
    position: number("LOG_POS", before?.position ?? 0),
    ...{ isRunning: false, problem: "" },
  };
}

function read(self: Process): Followed | undefined {
  const [entry] = entriesIn(textAt(self, path));
  return entry && "host" in entry ? (entry as unknown as Followed) : undefined;
}
