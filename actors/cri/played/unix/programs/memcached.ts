import { type Connection, keepFile, listenAt } from "../kernel/connection.ts";
import { print, readSome, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { acceptAll } from "./_serve_http.ts";

interface Item {
  readonly flags: string;
  readonly data: string;
  readonly expiresMs: number;
  readonly id: number;
}

interface Cache {
  /** Those last that were asked for last. */
  readonly items: Map<string, Item>;
  /** What all of them together may have. */
  readonly bytesMax: number;
  heldBytes: number;
  readonly version: string;
  readonly startedMs: number;
  ids: number;
  gets: number;
  hits: number;
}

const storing = /^(set|add|replace|append|prepend|cas) (\S{1,250}) (\d+) (-?\d+) (\d+)(?: (\d+))?( noreply)?$/;
const relativeSecondsMax = 60 * 60 * 24 * 30;
const itemBytesMax = 1024 * 1024;
/** Beside its key and its data. */
const itemOwnBytes = 56;
const cacheMegabytes = 64;
const lineBytesMax = 64 * 1024;
const tooLarge = "SERVER_ERROR object too large for cache";

/** The cache memcached: its text protocol. Source: memcached, `doc/protocol.txt`. */
export const memcached: Program = {
  names: ["memcached"],
  *run(self) {
    const version = self.env.get("MEMCACHED_VERSION") ?? "1.6.39";
    const words = self.argv.slice(1);
    if (words.includes("-V") || words.includes("--version")) {
      yield* print(self, `memcached ${version}\n`);
      return 0;
    }
    const port = numberOf(words, { short: "-p", long: "--port", otherwise: 11_211 });
    const megabytes = numberOf(words, { short: "-m", long: "--memory-limit", otherwise: cacheMegabytes });
    const listener = listenAt(self, port);
    if (!listener) {
      yield* writeTo(self, self.files.get(2), `failed to listen on TCP port ${port}: Address already in use\n`);
      return 71;
    }
    keepFile(self, listener);
    for (const signal of ["TERM", "INT"] as const) self.handlers.set(signal, "catch");
    const cache: Cache = {
      items: new Map(),
      bytesMax: Math.min(megabytes || cacheMegabytes, cacheMegabytes) * 1024 * 1024,
      heldBytes: 0,
      version,
      startedMs: self.kernel.host.uptimeMs(),
      ids: 0,
      gets: 0,
      hits: 0,
    };
    while (self.pending.length === 0) {
      if (!acceptAll(self, listener, (thread, connection) => converse(thread, cache, connection)))
        yield { on: listener.readable ? [listener.readable] : [] };
    }
    return 0;
  },
};

function numberOf(
  words: readonly string[],
  { short, long, otherwise }: { readonly short: string; readonly long: string; readonly otherwise: number },
): number {
  const at = words.findIndex((word) => word === short || word.startsWith(long));
  return Number(at < 0 ? otherwise : (/=(\d+)$/.exec(words[at] ?? "")?.[1] ?? words[at + 1]));
}

function* converse(self: Process, cache: Cache, connection: Connection): Running<void> {
  let waiting = "";
  /** So much of what comes is of an item that is too large. */
  let skippedBytes = 0;
  for (;;) {
    const bytes = yield* readSome(self, connection);
    if (bytes === "") return;
    waiting += bytes.slice(skippedBytes);
    skippedBytes = Math.max(0, skippedBytes - bytes.length);
    for (let end = waiting.indexOf("\n"); end >= 0; end = waiting.indexOf("\n")) {
      const line = waiting.slice(0, end).replace(/\r$/, "");
      const [, verb = "", key = "", flags = "0", expiry = "0", size = "0", id, isSilent] = storing.exec(line) ?? [];
      if (line === "quit") return;
      if (verb === "") {
        waiting = waiting.slice(end + 1);
        yield* writeTo(self, connection, answer(self, cache, line));
        continue;
      }
      if (Number(size) > itemBytesMax) {
        const behind = end + 1 + Number(size) + 2;
        skippedBytes = Math.max(0, behind - waiting.length);
        waiting = waiting.slice(behind);
        yield* writeTo(self, connection, `${tooLarge}\r\n`);
        continue;
      }
      const last = end + 1 + Number(size);
      if (waiting.length < last + 2) break;
      const data = waiting.slice(end + 1, last);
      waiting = waiting.slice(last + 2);
      const told = store(self, cache, { verb, key, flags, expiry, data, id });
      if (!isSilent) yield* writeTo(self, connection, `${told}\r\n`);
    }
    if (waiting.length > lineBytesMax && !waiting.includes("\n")) return;
  }
}

interface Storing {
  readonly verb: string;
  readonly key: string;
  readonly flags: string;
  readonly expiry: string;
  readonly data: string;
  readonly id: string | undefined;
}

function expiresMs({ kernel }: Process, text: string): number {
  const seconds = Number(text);
  if (seconds === 0) return Number.POSITIVE_INFINITY;
  const nowMs = kernel.host.wallMs();
  return seconds > relativeSecondsMax ? seconds * 1000 : nowMs + seconds * 1000;
}

function find({ kernel }: Process, cache: Cache, key: string): Item | undefined {
  const item = cache.items.get(key);
  if (!item || item.expiresMs > kernel.host.wallMs()) return item;
  drop(cache, key);
  return undefined;
}

function drop(cache: Cache, key: string): boolean {
  const item = cache.items.get(key);
  if (item) cache.heldBytes -= itemOwnBytes + key.length + item.data.length;
  return cache.items.delete(key);
}

/** Keeps an item; where there is no more room, those go that nobody has asked for for longest. */
function keep(cache: Cache, key: string, item: Item): void {
  drop(cache, key);
  cache.items.set(key, item);
  cache.heldBytes += itemOwnBytes + key.length + item.data.length;
  for (const oldest of cache.items.keys()) {
    if (cache.heldBytes <= cache.bytesMax) return;
    drop(cache, oldest);
  }
}

function store(self: Process, cache: Cache, { verb, key, flags, expiry, data, id }: Storing): string {
  const old = find(self, cache, key);
  if (verb === "cas" && !old) return "NOT_FOUND";
  if (verb === "cas" && String(old?.id) !== id) return "EXISTS";
  if (verb === "add" ? old : verb !== "set" && verb !== "cas" && !old) return "NOT_STORED";
  const isJoined = verb === "append" || verb === "prepend";
  const joined =
    verb === "append" ? `${old?.data ?? ""}${data}` : verb === "prepend" ? `${data}${old?.data ?? ""}` : data;
  if (joined.length > itemBytesMax) return tooLarge;
  const kept =
    isJoined && old ? { flags: old.flags, expiresMs: old.expiresMs } : { flags, expiresMs: expiresMs(self, expiry) };
  keep(cache, key, { ...kept, data: joined, id: ++cache.ids });
  return "STORED";
}

function answer(self: Process, cache: Cache, line: string): string {
  const [verb = "", key = "", value = ""] = line.split(" ");
  const item = find(self, cache, key);
  if (verb === "get" || verb === "gets") {
    let text = "";
    for (const each of line.split(" ").slice(1)) {
      const found = find(self, cache, each);
      cache.gets++;
      if (!found) continue;
      keep(cache, each, found);
      cache.hits++;
      text += `VALUE ${each} ${found.flags} ${found.data.length}${verb === "gets" ? ` ${found.id}` : ""}\r\n${found.data}\r\n`;
    }
    return `${text}END\r\n`;
  }
  if (verb === "delete") return drop(cache, key) && item ? "DELETED\r\n" : "NOT_FOUND\r\n";
  if (verb === "touch") {
    if (item) keep(cache, key, { ...item, expiresMs: expiresMs(self, value) });
    return item ? "TOUCHED\r\n" : "NOT_FOUND\r\n";
  }
  if (verb === "incr" || verb === "decr") {
    if (!item) return "NOT_FOUND\r\n";
    if (!/^\d+$/.test(item.data)) return "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
    const next = String(Math.max(0, Number(item.data) + (verb === "incr" ? 1 : -1) * Number(value)));
    keep(cache, key, { ...item, data: next, id: ++cache.ids });
    return `${next}\r\n`;
  }
  if (verb === "flush_all") {
    cache.items.clear();
    cache.heldBytes = 0;
    return "OK\r\n";
  }
  if (verb === "version") return `VERSION ${cache.version}\r\n`;
  if (verb !== "stats") return "ERROR\r\n";
  const seconds = Math.floor((self.kernel.host.uptimeMs() - cache.startedMs) / 1000);
  const stats = {
    pid: self.pid,
    uptime: seconds,
    version: cache.version,
    curr_items: cache.items.size,
    cmd_get: cache.gets,
    get_hits: cache.hits,
  };
  return `${Object.entries(stats)
    .map(([name, told]) => `STAT ${name} ${told}\r\n`)
    .join("")}END\r\n`;
}
