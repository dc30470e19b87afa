import { type Connection, connectTo, hasNotConnected, keepFile } from "../kernel/connection.ts";
import { print, readSome, sleepUntil, writeTo } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { commandText, type Reply, readReply } from "../redis/resp.ts";
import { socketErrors } from "./_socket_errors.ts";

/** Redis' own client: sends one command, or those that it reads line by line. */
export const redisCli: Program = {
  names: ["redis-cli"],
  *run(self) {
    const words = self.argv.slice(1);
    const given = new Map<string, string>();
    const flags = new Set<string>();
    while (/^-/.test(words[0] ?? "")) {
      const word = words.shift() ?? "";
      if (/^-[hpanrius]$|^--(user|pass)$/.test(word)) given.set(word.replace(/^-+/, ""), words.shift() ?? "");
      else flags.add(word);
    }
    if (flags.has("--version") || flags.has("-v")) {
      yield* print(self, `redis-cli ${self.env.get("REDIS_VERSION") ?? "8.2.1"}\n`);
      return 0;
    }
    const host = given.get("h") ?? "127.0.0.1";
    const port = Number(given.get("p") ?? 6379);
    const found = yield* addressesOf(self, host);
    const connection = found.ok
      ? yield* connectTo(self, { ip: found.addresses[0] ?? "", port })
      : { error: found.code };
    if (hasNotConnected(connection)) {
      const text = `Could not connect to Redis at ${host}:${port}: ${socketErrors[connection.error]}\n`;
      yield* writeTo(self, self.files.get(2), text);
      return 1;
    }
    keepFile(self, connection);
    const talk: Talk = { connection, isRaw: flags.has("--raw") || !(self.files.get(1)?.isTerminal ?? false), held: "" };
    const password = given.get("a") ?? given.get("pass") ?? self.env.get("REDISCLI_AUTH");
    if (password !== undefined) yield* exchange(self, talk, ["AUTH", password]);
    if (words.length > 0) {
      const times = Number(given.get("r") ?? 1);
      for (let each = 0; each < times; each++) {
        yield* show(self, talk, words);
        if (each + 1 < times) yield* sleepUntil(self, self.kernel.host.uptimeMs() + 1000 * Number(given.get("i") ?? 0));
      }
      return 0;
    }
    return yield* readLines(self, talk, `${host}:${port}> `);
  },
};

interface Talk {
  readonly connection: Connection;
  readonly isRaw: boolean;
  held: string;
}

function* readLines(self: Process, talk: Talk, prompt: string): Running {
  const input = self.files.get(0);
  const isTerminal = input?.isTerminal ?? false;
  let rest = "";
  for (;;) {
    if (isTerminal && rest === "") yield* print(self, prompt);
    const bytes = yield* readSome(self, input);
    const lines = (rest + bytes).split("\n");
    rest = lines.pop() ?? "";
    for (const line of bytes === "" && rest !== "" ? [rest] : lines) {
      const words = wordsOf(line);
      if (/^(quit|exit)$/i.test(words[0] ?? "")) return 0;
      if (words.length > 0) yield* show(self, talk, words);
    }
    if (bytes === "") return 0;
  }
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double?.replace(/\\(.)/g, "$1") ?? single ?? plain ?? "",
  );
}

function* show(self: Process, talk: Talk, words: readonly string[]): Running<void> {
  const reply = yield* exchange(self, talk, words);
  if (reply === undefined) {
    yield* writeTo(self, self.files.get(2), "Error: Server closed the connection\n");
    return;
  }
  yield* print(self, `${talk.isRaw ? rawText(reply) : prettyText(reply, "")}\n`);
  // Who subscribes hears on.
  while (/^p?subscribe$/i.test(words[0] ?? "")) {
    const next = yield* readNext(self, talk);
    if (next === undefined) return;
    yield* print(self, `${talk.isRaw ? rawText(next) : prettyText(next, "")}\n`);
  }
}

function* exchange(self: Process, talk: Talk, words: readonly string[]): Running<Reply | undefined> {
  yield* writeTo(self, talk.connection, commandText(words));
  return yield* readNext(self, talk);
}

function* readNext(self: Process, talk: Talk): Running<Reply | undefined> {
  for (;;) {
    const read = readReply(talk.held);
    if (read) {
      talk.held = talk.held.slice(read.end);
      return read.reply;
    }
    const bytes = yield* readSome(self, talk.connection);
    if (bytes === "") return undefined;
    talk.held += bytes;
  }
}

function rawText(reply: Reply): string {
  if (reply === null) return "";
  if (typeof reply !== "object") return String(reply);
  if ("status" in reply) return reply.status;
  if ("error" in reply) return `${reply.error}\n`;
  return reply.map(rawText).join("\n");
}

function prettyText(reply: Reply, indent: string): string {
  if (reply === null) return "(nil)";
  if (typeof reply === "number") return `(integer) ${reply}`;
  if (typeof reply === "string")
    return `"${reply.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;
  if ("status" in reply) return reply.status;
  if ("error" in reply) return `(error) ${reply.error}`;
  if (reply.length === 0) return "(empty array)";
  return reply.map((each, at) => `${at > 0 ? indent : ""}${at + 1}) ${prettyText(each, `${indent}   `)}`).join("\n");
}
