import { go } from "../agnhost/_go.ts";
import { type Connection, keepFile, listenAt } from "../kernel/connection.ts";
import { writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { acceptAll } from "../programs/_serve_http.ts";
import type { Answer, Context } from "./answers.ts";
import { type Conversation, conversationOver } from "./conversation.ts";
import { createFollowing, type Following } from "./follow.ts";
import { type Entry, entriesIn, isMade, ledgerName, ledgerText, make, note } from "./ledger.ts";
import {
  answerTexts,
  commands,
  errorText,
  greetingText,
  knownAlready,
  type Login,
  loginIn,
  switchText,
} from "./payloads.ts";
import { isLasting, perform } from "./perform.ts";
import { SqlError } from "./sql_error.ts";
import { createStore, type Store } from "./store.ts";
import type { Surroundings, Value } from "./values.ts";
import { type AuthPlugin, packetBytesMax, scramble } from "./wire.ts";
import { statementsOf } from "./words.ts";

/** What a server is started with: what its configuration says below `[mysqld]`, and its own options, with hyphens. */
export type Settings = ReadonlyMap<string, string>;

interface Server {
  readonly settings: Settings;
  readonly version: string;
  readonly store: Store;
  readonly startedMs: number;
  readonly following: Following;
  readonly clients: Set<Client>;
  connections: number;
  questions: number;
}

interface Client {
  readonly server: Server;
  readonly connection: number;
  readonly user: string;
  readonly host: string;
  database: string | undefined;
  lastInsertId: number;
}

const plugins: readonly string[] = ["caching_sha2_password", "mysql_native_password"] satisfies AuthPlugin[];
const dumpBytesMax = 1024 * 1024;
const kept = /^(information_schema|performance_schema)$/;

/** Serves until it is told to end; what has changed is kept in its folder at once. */
export function* runServer(self: Process, settings: Settings): Running {
  const version = self.env.get("MYSQL_VERSION") ?? self.env.get("MARIADB_VERSION") ?? "9.4.0";
  const port = Number(settings.get("port") ?? 3306);
  const say = (level: string, text: string) => tell(self, level, text);
  yield* say("System", `/usr/sbin/mysqld (mysqld ${version}) starting as process ${self.pid}`);
  const store = createStore();
  if (!isMade(self)) make(self);
  const server: Server = {
    ...{ settings, version, store, startedMs: self.kernel.host.uptimeMs(), clients: new Set() },
    following: createFollowing(self, (text) => follow(self, server, entriesIn(text))),
    ...{ connections: 0, questions: 0 },
  };
  replay(self, server, entriesIn(ledgerText(self)));
  const listener = listenAt(self, port);
  if (!listener) {
    yield* say("ERROR", "Can't start server: Bind on TCP/IP port: Address already in use");
    yield* say("ERROR", "Aborting");
    return 1;
  }
  keepFile(self, listener);
  go(self, (thread) => server.following.run(thread));
  const socket = "/var/run/mysqld/mysqld.sock";
  yield* say(
    "System",
    `/usr/sbin/mysqld: ready for connections. Version: '${version}'  socket: '${socket}'  port: ${port}`,
  );
  for (const signal of ["TERM", "INT", "HUP"] as const) self.handlers.set(signal, "catch");
  for (;;) {
    const signal = self.pending.shift();
    if (signal === "TERM" || signal === "INT") {
      yield* say(
        "System",
        `Received SHUTDOWN from user <via user signal>. Shutting down mysqld (Version: ${version}).`,
      );
      yield* say("System", `/usr/sbin/mysqld: Shutdown complete (mysqld ${version})`);
      return 0;
    }
    if (!acceptAll(self, listener, (thread, connection) => converse(thread, server, connection)))
      yield { on: listener.readable ? [listener.readable] : [] };
  }
}

function* tell(self: Process, level: string, text: string): Running<void> {
  const time = new Date(self.kernel.host.wallMs()).toISOString().replace("Z", "000Z");
  yield* writeTo(self, self.files.get(2), `${time} 0 [${level}] [Server] ${text}\n`);
}

/** Performs what was performed before; what fails now failed then, too. */
function replay(self: Process, server: Server, entries: readonly Entry[]): void {
  const client: Client = {
    server,
    connection: 0,
    user: "root",
    host: "localhost",
    database: undefined,
    lastInsertId: 0,
  };
  for (const { atMs, database, sql } of entries) {
    client.database = database;
    try {
      for (const { text, words } of statementsOf(sql))
        perform(text, words, { ...contextOf(self, client, atMs), may: () => true });
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
    }
  }
}

/** Performs what another server has performed, and keeps it. */
function follow(self: Process, server: Server, entries: readonly Entry[]): void {
  replay(self, server, entries);
  note(self, entries);
}

function* converse(self: Process, server: Server, connection: Connection): Running<void> {
  const talk = conversationOver(self, connection);
  const client = yield* letIn(self, { server, talk, host: hostOf(connection.remote.ip) });
  if (!client) return;
  server.clients.add(client);
  for (;;) {
    const packet = yield* talk.hear();
    const code = packet?.payload.charCodeAt(0);
    if (!packet || code === commands.quit) break;
    yield* talk.say(packet.number, ...answersTo(self, client, packet.payload));
  }
  server.clients.delete(client);
}

/** Who comes from the same pod is known by name. */
function hostOf(ip: string): string {
  return /^127\.|^::1$/.test(ip) ? "localhost" : ip;
}

interface Arriving {
  readonly server: Server;
  readonly talk: Conversation;
  readonly host: string;
}

/** Looks who somebody is; undefined: nobody who may come in. */
function* letIn(self: Process, { server, talk, host }: Arriving): Running<Client | undefined> {
  const { random } = self.kernel.host;
  const nonce = Array.from({ length: 20 }, () => String.fromCharCode(33 + random.int(90))).join("");
  const usual: AuthPlugin = /^5\./.test(server.version) ? "mysql_native_password" : "caching_sha2_password";
  const connection = ++server.connections;
  yield* talk.say(-1, greetingText({ version: server.version, connection, nonce, plugin: usual }));
  const packet = yield* talk.hear();
  const login = packet && loginIn(packet.payload);
  if (!packet || !login) return undefined;
  let { number } = packet;
  let { plugin, proof } = login;
  if (!plugins.includes(plugin)) {
    yield* talk.say(number, switchText(usual, nonce));
    const again = yield* talk.hear();
    if (!again) return undefined;
    [plugin, proof, number] = [usual, again.payload, again.number];
  }
  const client: Client = { ...{ server, connection, user: login.user, host, database: undefined, lastInsertId: 0 } };
  const refused = whyNotIn(client, { ...login, plugin, proof }, nonce);
  if (refused) {
    yield* talk.say(number, errorText(refused));
    return undefined;
  }
  const early = plugin === "caching_sha2_password" && proof !== "" ? [knownAlready] : [];
  yield* talk.say(number, ...early, ...answerTexts({ changed: 0 }));
  return client;
}

function whyNotIn(client: Client, { user, plugin, proof, database }: Login, nonce: string): SqlError | undefined {
  const account = client.server.store.accounts.get(user);
  const with_ = proof === "" ? "NO" : "YES";
  if (!account || scramble(plugin, account.password, nonce) !== proof)
    return new SqlError(1045, `Access denied for user '${user}'@'${client.host}' (using password: ${with_})`);
  if (database === undefined) return undefined;
  const refused = whyNotDatabase(client, database);
  if (!refused) client.database = database;
  return refused;
}

function may({ server, user }: Client, database?: string): boolean {
  const account = server.store.accounts.get(user);
  if (account?.isGreat || database === undefined) return account?.isGreat ?? false;
  return (account?.databases.has(database) ?? false) || kept.test(database);
}

function whyNotDatabase(client: Client, name: string): SqlError | undefined {
  const { server, user } = client;
  if (!may(client, name)) return new SqlError(1044, `Access denied for user '${user}'@'%' to database '${name}'`);
  return server.store.databases.has(name) ? undefined : new SqlError(1049, `Unknown database '${name}'`);
}

function answersTo(self: Process, client: Client, payload: string): string[] {
  const text = payload.slice(1);
  const { server } = client;
  server.questions++;
  switch (payload.charCodeAt(0)) {
    case commands.ping:
      return answerTexts({ changed: 0 });
    case commands.statistics:
      return [statistics(self, server)];
    case commands.dump: {
      const from = [0, 1, 2, 3].reduce((sum, at) => sum + text.charCodeAt(at) * 256 ** at, 0);
      return [wholeLines(ledgerText(self).slice(from, from + dumpBytesMax))];
    }
    case commands.useDatabase: {
      const refused = whyNotDatabase(client, text);
      if (refused) return [errorText(refused)];
      client.database = text;
      return answerTexts({ changed: 0 });
    }
    case commands.query:
      return queried(self, client, text);
    default:
      return [errorText(SqlError.unplayed("this command of a client, as prepared statements are made by"))];
  }
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

function statistics({ kernel }: Process, { startedMs, clients, questions }: Server): string {
  const seconds = Math.floor((kernel.host.uptimeMs() - startedMs) / 1_000);
  const each = (questions / Math.max(1, seconds)).toFixed(3);
  return `Uptime: ${seconds}  Threads: ${clients.size}  Questions: ${questions}  Slow queries: 0  Opens: 0  Flush tables: 0  Open tables: 0  Queries per second avg: ${each}`;
}

function queried(self: Process, client: Client, sql: string): string[] {
  const out: string[] = [];
  try {
    const statements = statementsOf(sql);
    if (statements.length === 0) throw new SqlError(1065, "Query was empty");
    for (const [at, { text, words }] of statements.entries()) {
      const answer = performed(self, client, { text, words });
      out.push(...answerTexts(answer, at + 1 === statements.length));
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    out.push(errorText(error));
  }
  return out;
}

function performed(self: Process, client: Client, { text, words }: ReturnType<typeof statementsOf>[number]): Answer {
  const { server } = client;
  const atMs = self.kernel.host.wallMs();
  const lasts = isLasting(words);
  if (lasts && isReadOnly(server.settings)) {
    const why = "The MySQL server is running with the --super-read-only option so it cannot execute this statement";
    throw new SqlError(1290, why);
  }
  const { database } = client;
  const answer = perform(text, words, contextOf(self, client, atMs));
  if ("changed" in answer) {
    client.database = answer.database ?? client.database;
    client.lastInsertId = answer.insertId || client.lastInsertId;
  }
  if (lasts && !note(self, [{ atMs, database, sql: text }]))
    throw new SqlError(1114, "The disk is full, or kubetroupe, which plays this server, keeps no more");
  return answer;
}

function isReadOnly(settings: Settings): boolean {
  return /^(|on|1|true)$/i.test(settings.get("super-read-only") ?? "off");
}

function contextOf(self: Process, client: Client, nowMs: number): Context {
  const { server, database, user, host, connection, lastInsertId } = client;
  const { following, store, version } = server;
  const variables = () => variablesOf(self, server);
  const around: Surroundings = {
    ...{ nowMs, database, user: `${user}@${host}`, version, connection, lastInsertId },
    variable(name) {
      const known = name.replace(/^@@?(global\.|session\.)?/i, "").toLowerCase();
      const found = variables().get(known);
      if (found === undefined && name.startsWith("@@")) throw new SqlError(1193, `Unknown system variable '${known}'`);
      return found ?? null;
    },
  };
  return {
    ...{ store, around, variables, may: (name) => may(client, name) },
    ...{ following: () => following.status(), follow: (order) => following.order(order) },
  };
}

function variablesOf(
  self: Process,
  { settings, version, clients, questions, startedMs }: Server,
): ReadonlyMap<string, Value> {
  const { hostname, uptimeMs } = self.kernel.host;
  const isOn = (yes: boolean) => (yes ? "ON" : "OFF");
  return new Map<string, Value>(
    Object.entries({
      ...{
        autocommit: "ON",
        character_set_server: "utf8mb4",
        collation_server: "utf8mb4_0900_ai_ci",
        datadir: "/var/lib/mysql/",
      },
      ...{ hostname, log_file: ledgerName, log_position: ledgerText(self).length, max_allowed_packet: packetBytesMax },
      ...{ max_connections: 151, port: Number(settings.get("port") ?? 3306), read_only: isOn(isReadOnly(settings)) },
      ...{
        Questions: questions,
        server_id: Number(settings.get("server-id") ?? 1),
        sql_mode: "",
        super_read_only: isOn(isReadOnly(settings)),
      },
      ...{ Threads_connected: clients.size, Uptime: Math.floor((uptimeMs() - startedMs) / 1_000), time_zone: "SYSTEM" },
      ...{ version, version_comment: "MySQL Community Server - GPL, played by kubetroupe", wait_timeout: 28_800 },
    }),
  );
}
