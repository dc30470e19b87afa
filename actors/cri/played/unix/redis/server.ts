import { hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import { type Connection, keepFile, listenAt } from "../kernel/connection.ts";
import { readSome, writeTo } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import { formatDate } from "../programs/_dates.ts";
import { acceptAll } from "../programs/_serve_http.ts";
import { hashes, lists, sets, sortedSets } from "./collections.ts";
import { type Command, CommandError, type Context } from "./command.ts";
import { keys } from "./keys.ts";
import { commandText, ok, type Reply, readCommands, replyText } from "./resp.ts";
import { createStore } from "./store.ts";
import { strings } from "./strings.ts";

/** What a server is started with: directives of its configuration, those of the command line too. */
export type Settings = ReadonlyMap<string, string>;

interface Client {
  readonly server: Server;
  readonly connection: Connection;
  readonly channels: Set<string>;
  isKnown: boolean;
  isLeaving: boolean;
}

interface Server {
  readonly settings: Settings;
  readonly context: Context;
  readonly clients: Set<Client>;
  readonly startedMs: number;
  readonly version: string;
  served: number;
  isDirty: boolean;
  isEnding: boolean;
  /** What it held when that was last counted, and what was written since. */
  heldBytes: number;
  countedAtMs: number;
}

const commands: ReadonlyMap<string, Command> = new Map(
  Object.entries({ ...strings, ...keys, ...lists, ...hashes, ...sets, ...sortedSets }),
);
const title = "REDIS-kubetroupe\n";

/** Serves until it is told to end; what it keeps is in its folder afterwards. */
export function* runServer(self: Process, settings: Settings): Running {
  const { wallMs, random, uptimeMs } = self.kernel.host;
  const port = Number(settings.get("port") ?? 6379);
  const context: Context = { store: createStore(wallMs), nowMs: wallMs, random: (below) => random.int(below) };
  const version = self.env.get("REDIS_VERSION") ?? "8.2.1";
  const server: Server = {
    settings,
    context,
    clients: new Set(),
    startedMs: uptimeMs(),
    version,
    served: 0,
    isDirty: false,
    isEnding: false,
    heldBytes: 0,
    countedAtMs: 0,
  };
  yield* say(self, "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo");
  yield* say(self, `Redis version=${version}, bits=64, commit=00000000, modified=0, pid=${self.pid}, just started`);
  self.argv = [`redis-server *:${port}`];
  const listener = listenAt(self, port);
  if (!listener) {
    yield* say(
      self,
      `Warning: Could not create server TCP listening socket *:${port}: bind: Address already in use`,
      "#",
    );
    yield* say(self, `Failed listening on port ${port} (tcp), aborting.`, "#");
    return 1;
  }
  keepFile(self, listener);
  yield* say(self, `Running mode=standalone, port=${port}.`);
  yield* say(self, "Server initialized");
  if (!load(self, server)) {
    yield* say(self, `Bad file format reading the append only file or the dump in ${folderOf(self, server)}`, "#");
    return 1;
  }
  yield* say(self, "Ready to accept connections tcp");
  for (const signal of ["TERM", "INT", "HUP"] as const) self.handlers.set(signal, "catch");
  for (;;) {
    const signal = self.pending.shift();
    if (signal === "TERM" || signal === "INT" || server.isEnding) {
      if (signal) yield* say(self, `Received SIG${signal} scheduling shutdown...`, "-");
      yield* say(self, "User requested shutdown...");
      save(self, server);
      yield* say(self, "Redis is now ready to exit, bye bye...");
      return 0;
    }
    if (!acceptAll(self, listener, (thread, connection) => converse(thread, server, connection)))
      yield { on: listener.readable ? [listener.readable] : [] };
  }
}

function* say(self: Process, text: string, mark = "*"): Running<void> {
  const time = formatDate(new Date(self.kernel.host.wallMs()), "%d %b %Y %H:%M:%S.%N").slice(0, -6);
  yield* writeTo(self, self.files.get(1), `${self.pid}:M ${time} ${mark} ${text}\n`);
}

function* converse(self: Process, server: Server, connection: Connection): Running<void> {
  const isKnown = !server.settings.get("requirepass");
  const client: Client = { server, connection, channels: new Set(), isKnown, isLeaving: false };
  server.clients.add(client);
  let waiting = "";
  let wholeBytes = 0;
  while (!client.isLeaving) {
    const bytes = yield* readSome(self, connection);
    if (bytes === "") break;
    waiting += bytes;
    // A long value comes in many pieces: it is looked at once, when it is there.
    if (waiting.length < wholeBytes) continue;
    const read = readCommands(waiting);
    waiting = read.rest;
    wholeBytes = read.wholeBytes ?? 0;
    let out = "";
    for (const words of read.commands) out += replyText(perform(self, client, words));
    if (read.fault !== undefined) out += replyText({ error: `ERR ${read.fault}` });
    yield* writeTo(self, connection, out);
    if (read.fault !== undefined || server.isEnding) break;
  }
  server.clients.delete(client);
  // Its own main thread sees to the end.
  if (server.isEnding && self.leader) self.kernel.signal(self.leader, "TERM");
}

function perform(self: Process, client: Client, words: readonly string[]): Reply {
  const { server } = client;
  server.served++;
  const name = (words[0] ?? "").toUpperCase();
  if (!client.isKnown && name !== "AUTH" && name !== "HELLO" && name !== "QUIT")
    return { error: "NOAUTH Authentication required." };
  const own = connectionReply(self, client, [name, ...words.slice(1)]);
  if (own !== undefined) return own;
  const command = commands.get(name);
  const shown = words.slice(1).map((word) => `'${word}' `);
  if (!command) return { error: `ERR unknown command '${words[0]}', with args beginning with: ${shown.join("")}` };
  const { arity, isWrite, run } = command;
  if (!fits(words, arity)) return { error: `ERR wrong number of arguments for '${name.toLowerCase()}' command` };
  if (isWrite && !hasRoom(server, words)) return { error: "OOM command not allowed when used memory > 'maxmemory'." };
  try {
    const reply = run(server.context, words);
    if (isWrite) note(self, server, words);
    return reply;
  } catch (error) {
    if (error instanceof CommandError) return { error: error.message };
    throw error;
  }
}

function fits(words: readonly string[], arity: number): boolean {
  return arity < 0 ? words.length >= -arity : words.length === arity;
}

/** The thread that plays the node has to hold it. */
const heldBytesMax = 64 * 1024 * 1024;
const countEachMs = 1_000;
const frees = /^(?:DEL|UNLINK|FLUSH\w+|GETDEL|[LRS]POP|ZPOP\w+|[SLZ]REM\w*|HDEL|LTRIM|P?EXPIRE(?:AT)?)$/i;

/** Whether there is room for what a command brings; what frees some is always let in. */
function hasRoom(server: Server, words: readonly string[]): boolean {
  const { context } = server;
  if (frees.test(words[0] ?? "")) return true;
  const bytes = words.reduce((sum, word) => sum + word.length, 64 * words.length);
  if (server.heldBytes + bytes > heldBytesMax && context.nowMs() - server.countedAtMs >= countEachMs) {
    server.heldBytes = context.store.heldBytes();
    server.countedAtMs = context.nowMs();
  }
  if (server.heldBytes + bytes > heldBytesMax) return false;
  server.heldBytes += bytes;
  return true;
}

/** What is about the connection or the server itself. */
function connectionReply(self: Process, client: Client, [name = "", ...rest]: readonly string[]): Reply | undefined {
  const { server } = client;
  const [first = "", second] = rest;
  switch (name) {
    case "PING":
      return first === "" ? { status: "PONG" } : first;
    case "ECHO":
      return first;
    case "AUTH":
      client.isKnown = (second ?? first) === server.settings.get("requirepass") || !server.settings.get("requirepass");
      return client.isKnown ? ok : { error: "WRONGPASS invalid username-password pair or user is disabled." };
    case "SELECT":
      return first === "0" ? ok : { error: "ERR kubetroupe plays this server, and it has database 0 alone" };
    case "QUIT":
      client.isLeaving = true;
      return ok;
    case "CLIENT":
    case "COMMAND":
      return name === "COMMAND" ? [] : ok;
    case "CONFIG":
      return first.toUpperCase() === "GET" ? settingOf(server.settings, second ?? "") : ok;
    case "TIME":
      return [String(Math.floor(server.context.nowMs() / 1000)), "0"];
    case "INFO":
      return info(self, server);
    case "SAVE":
    case "BGSAVE":
      save(self, server);
      return name === "SAVE" ? ok : { status: "Background saving started" };
    case "SHUTDOWN":
      server.isEnding = true;
      return ok;
    case "SUBSCRIBE":
      for (const channel of rest) client.channels.add(channel);
      return ["subscribe", first, client.channels.size];
    case "UNSUBSCRIBE":
      for (const channel of rest.length === 0 ? [...client.channels] : rest) client.channels.delete(channel);
      return ["unsubscribe", first || null, client.channels.size];
    case "PUBLISH": {
      const hearing = [...server.clients].filter(({ channels }) => channels.has(first));
      for (const { connection } of hearing) connection.write(replyText(["message", first, second ?? ""]));
      return hearing.length;
    }
    default:
      return undefined;
  }
}

/** What nobody has set; of others it is not told. */
const settingsDefault = { maxmemory: "0", "maxmemory-policy": "noeviction", appendonly: "no", dir: "/data" };
const units: Readonly<Record<string, number>> = { k: 1e3, kb: 2 ** 10, m: 1e6, mb: 2 ** 20, g: 1e9, gb: 2 ** 30 };

/** A directive by its name, sizes in bytes; nothing where it is unknown. */
function settingOf(settings: Settings, name: string): Reply {
  const key = name.toLowerCase();
  const value = settings.get(key) ?? new Map(Object.entries(settingsDefault)).get(key);
  if (value === undefined) return [];
  const [, count = "", unit = ""] = /^(\d+)([kmg]b?)$/i.exec(value) ?? [];
  return [key, count === "" ? value : String(Number(count) * (units[unit.toLowerCase()] ?? 1))];
}

function info({ kernel }: Process, { version, startedMs, clients, served, context }: Server): string {
  const seconds = Math.floor((kernel.host.uptimeMs() - startedMs) / 1000);
  const held = context.store.keys().length;
  const lines = [
    "# Server",
    `redis_version:${version}`,
    "redis_mode:standalone",
    "tcp_port:6379",
    `uptime_in_seconds:${seconds}`,
  ];
  lines.push("", "# Clients", `connected_clients:${clients.size}`, "", "# Stats", `total_commands_processed:${served}`);
  lines.push("", "# Replication", "role:master", "connected_slaves:0", "", "# Keyspace");
  if (held > 0) lines.push(`db0:keys=${held},expires=0,avg_ttl=0`);
  return `${lines.join("\r\n")}\r\n`;
}

function folderOf(self: Process, { settings }: Server): string {
  return resolvePath(self.folder, settings.get("dir") ?? ".");
}

function pathsOf(self: Process, server: Server) {
  const folder = folderOf(self, server);
  return {
    dump: resolvePath(folder, server.settings.get("dbfilename") ?? "dump.rdb"),
    log: resolvePath(folder, "appendonly.aof"),
  };
}

const isLogging = ({ settings }: Server) => settings.get("appendonly") === "yes";

/** Something was changed: it is kept at once where that is wished, else when the server ends. */
function note(self: Process, server: Server, words: readonly string[]): void {
  server.isDirty = true;
  if (!isLogging(server)) return;
  const { tree } = self.kernel.host;
  const node = tree.fileToWrite(pathsOf(self, server).log, true);
  if (!hasFailed(node) && node.kind === "file") tree.setBytes(node, node.bytes + commandText(words));
}

function save(self: Process, server: Server): void {
  if (!server.isDirty || server.settings.get("save") === "") return;
  const { store } = server.context;
  let text = title;
  for (const key of store.keys()) {
    const value = store.get(key);
    if (value?.type === "string") text += commandText(["SET", key, value.value]);
    else if (value?.type === "list") text += commandText(["RPUSH", key, ...value.value]);
    else if (value?.type === "set") text += commandText(["SADD", key, ...value.value]);
    else if (value?.type === "hash") text += commandText(["HSET", key, ...[...value.value].flat()]);
    else if (value?.type === "zset")
      text += commandText(["ZADD", key, ...[...value.value].flatMap(([member, score]) => [String(score), member])]);
    const expiresMs = store.expiresMs(key);
    if (expiresMs !== undefined) text += commandText(["PEXPIREAT", key, String(Math.floor(expiresMs))]);
  }
  const { tree } = self.kernel.host;
  const node = tree.fileToWrite(pathsOf(self, server).dump, true);
  if (!hasFailed(node) && node.kind === "file") tree.setBytes(node, text);
  server.isDirty = false;
}

/** False where what was kept makes no sense. */
function load(self: Process, server: Server): boolean {
  const { dump, log } = pathsOf(self, server);
  const node = self.kernel.host.tree.find(isLogging(server) ? log : dump);
  if (hasFailed(node) || node.kind !== "file") return true;
  for (const words of readCommands(node.bytes.replace(title, "")).commands) {
    const command = commands.get((words[0] ?? "").toUpperCase());
    if (!command || !fits(words, command.arity)) continue;
    try {
      command.run(server.context, words);
    } catch (error) {
      if (error instanceof CommandError) return false;
      throw error;
    }
  }
  return true;
}
