import { connectTo, hasNotConnected, keepFile } from "../kernel/connection.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Running } from "../kernel/process.ts";
import { type Conversation, conversationOver } from "./conversation.ts";
import {
  columnIn,
  commands,
  endIn,
  greetingIn,
  isEnd,
  knownAlready,
  loginText,
  type Outcome,
  rowIn,
  switchIn,
} from "./payloads.ts";
import { int, scramble } from "./wire.ts";

/** Whom a client connects to, and as whom. */
export interface Target {
  /** `localhost` is the server of the same container, or of the same pod. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Default: none. */
  readonly database?: string | undefined;
  /** How long to wait for it. Default: as long as networks do. */
  readonly waitMs?: number;
}

/** A server that lets a client in. */
export interface Session {
  readonly version: string;
  readonly connection: number;
  /** What comes of some statements, one after the other; `undefined` at the end: the server is gone. */
  query(sql: string): Running<(Outcome | undefined)[]>;
  /** Sends a command, and gives back the first packet of its answer. */
  command(code: number, text: string): Running<string | undefined>;
}

/** Why a client was not let in, in its own numbers and words. */
export interface Refusal {
  readonly number: number;
  readonly state: string;
  readonly message: string;
}

const errnos: Readonly<Record<string, number>> = {
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  ETIMEDOUT: 110,
  ENETUNREACH: 101,
};
const socket = "/var/run/mysqld/mysqld.sock";
const lost: Refusal = {
  number: 2013,
  state: "HY000",
  message: "Lost connection to MySQL server at 'reading initial communication packet', system error: 0",
};

/** Whether somebody was let in. */
export function isSession(outcome: Session | Refusal): outcome is Session {
  return "query" in outcome;
}

/** Connects to a server and logs in. */
export function* connect(self: Process, target: Target): Running<Session | Refusal> {
  const { host, port, user, password, database, waitMs = Number.POSITIVE_INFINITY } = target;
  const isLocal = host === "localhost";
  const found = isLocal ? undefined : yield* addressesOf(self, host);
  if (found && !found.ok) return { number: 2005, state: "HY000", message: `Unknown MySQL server host '${host}' (-2)` };
  const ip = found?.addresses[0] ?? "127.0.0.1";
  const connection = yield* connectTo(self, { ip, port }, waitMs);
  if (hasNotConnected(connection)) {
    const message = isLocal
      ? `Can't connect to local MySQL server through socket '${socket}' (2)`
      : `Can't connect to MySQL server on '${host}:${port}' (${errnos[connection.error] ?? 111})`;
    return { number: isLocal ? 2002 : 2003, state: "HY000", message };
  }
  keepFile(self, connection);
  const talk = conversationOver(self, connection);
  const first = yield* talk.hear();
  const greeting = first && greetingIn(first.payload);
  if (!first || !greeting) return lost;
  const { plugin, nonce } = greeting;
  yield* talk.say(first.number, loginText({ user, proof: scramble(plugin, password, nonce), database, plugin }));
  const refused = yield* finishLogin(talk, password);
  return refused ?? sessionOver(talk, greeting);
}

function* finishLogin(talk: Conversation, password: string): Running<Refusal | undefined> {
  for (;;) {
    const packet = yield* talk.hear();
    if (!packet) return lost;
    if (packet.payload === knownAlready) continue;
    const other = switchIn(packet.payload);
    if (other) {
      yield* talk.say(packet.number, scramble(other.plugin, password, other.nonce));
      continue;
    }
    const end = endIn(packet.payload);
    if (end?.sort === "done") return undefined;
    return end?.sort === "error" ? end : lost;
  }
}

function sessionOver(talk: Conversation, { version, connection }: Pick<Session, "version" | "connection">): Session {
  return {
    version,
    connection,
    *query(sql) {
      yield* talk.say(-1, `${int(commands.query, 1)}${sql}`);
      const outcomes: (Outcome | undefined)[] = [];
      for (;;) {
        const { outcome, hasMore } = yield* readOutcome(talk);
        outcomes.push(outcome);
        if (!hasMore) return outcomes;
      }
    },
    *command(code, text) {
      yield* talk.say(-1, `${int(code, 1)}${text}`);
      return (yield* talk.hear())?.payload;
    },
  };
}

interface Read {
  readonly outcome: Outcome | undefined;
  readonly hasMore: boolean;
}

function* readOutcome(talk: Conversation): Running<Read> {
  const first = yield* talk.hear();
  if (!first) return { outcome: undefined, hasMore: false };
  const end = endIn(first.payload);
  if (end) return { outcome: end, hasMore: end.sort === "done" && end.hasMore };
  const columns: string[] = [];
  const rows: (string | null)[][] = [];
  for (let part: "columns" | "rows" = "columns"; ; ) {
    const packet = yield* talk.hear();
    if (!packet) return { outcome: undefined, hasMore: false };
    const { payload } = packet;
    if (!isEnd(payload)) {
      if (part === "columns") columns.push(columnIn(payload));
      else rows.push(rowIn(payload));
    } else if (part === "columns") part = "rows";
    else return { outcome: { sort: "rows", columns, rows }, hasMore: ((payload.charCodeAt(3) || 0) & 8) !== 0 };
  }
}
