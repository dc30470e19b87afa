import { hostPort } from "../../../../network/ip.ts";
import {
  accept,
  type Connection,
  closeFile,
  connectTo,
  hasNotConnected,
  keepFile,
  listenAt,
} from "../kernel/connection.ts";
import { openDatagrams, receive } from "../kernel/datagrams.ts";
import { executable } from "../kernel/executable.ts";
import { complain, print, readSome, waitFor, writeTo } from "../kernel/io.ts";
import { addressesOf } from "../kernel/names.ts";
import { type Process, type Program, type Running, toEnd } from "../kernel/process.ts";
import { argumentsOf } from "./_arguments.ts";
import { copyStreams } from "./_copy_streams.ts";
import { socketErrors } from "./_socket_errors.ts";

/** Connects to a port, or listens at one, and passes on what comes: as busybox's nc does. */
export const nc: Program = {
  names: ["nc", "netcat"],
  *run(self) {
    const words = [...self.argv];
    // What is behind -e is a command of its own.
    const at = words.indexOf("-e");
    const command = at < 0 ? undefined : words.splice(at).slice(1);
    self.argv = words;
    const { flags, rest } = yield* argumentsOf(self, "lkp:w:zvutns:q:N46");
    const isListener = flags.has("l");
    const port = Number(flags.get("p") ?? rest.at(-1) ?? 0);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      yield* complain(self, `bad port '${flags.get("p") ?? rest.at(-1) ?? ""}'`);
      return 1;
    }
    if (isListener) return yield* listen(self, { port, flags, command });
    const host = rest[0] ?? "";
    const found = yield* addressesOf(self, host);
    if (!found.ok) {
      yield* complain(self, `bad address '${host}'`);
      return 1;
    }
    const target = { host, ip: found.addresses[0] ?? "", port: Number(rest[1] ?? port) };
    return flags.has("u")
      ? yield* overDatagrams(self, target, flags)
      : yield* connect(self, { ...target, flags, command });
  },
};

interface Target {
  readonly host: string;
  readonly ip: string;
  readonly port: number;
}

interface Doing {
  readonly flags: ReadonlyMap<string, string>;
  readonly command: readonly string[] | undefined;
}

function waitMs(flags: ReadonlyMap<string, string>): number {
  const seconds = flags.get("w");
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000;
}

function* connect(self: Process, { host, ip, port, flags, command }: Target & Doing): Running {
  const connection = yield* connectTo(self, { ip, port }, waitMs(flags));
  if (hasNotConnected(connection)) {
    const isLate = connection.error === "ETIMEDOUT" && flags.has("w");
    yield* complain(
      self,
      isLate ? "timed out" : `can't connect to remote host (${ip}): ${socketErrors[connection.error]}`,
    );
    return 1;
  }
  keepFile(self, connection);
  if (flags.has("v")) yield* writeTo(self, self.files.get(2), `${host} (${hostPort({ ip, port })}) open\n`);
  if (flags.has("z")) return 0;
  if (command) return yield* runFor(self, connection, command);
  yield* copyStreams(self, connection);
  return 0;
}

function* listen(self: Process, { port, flags, command }: Doing & { readonly port: number }): Running {
  if (flags.has("u")) {
    yield* complain(self, "kubetroupe plays this container, and its nc listens for no datagrams");
    return 1;
  }
  const listener = listenAt(self, port);
  if (!listener) {
    yield* complain(self, "bind: Address already in use");
    return 1;
  }
  keepFile(self, listener);
  if (flags.has("v")) yield* writeTo(self, self.files.get(2), `listening on [::]:${port} ...\n`);
  for (;;) {
    const connection = yield* accept(listener);
    const descriptor = keepFile(self, connection);
    if (flags.has("v")) {
      const { ip, port: theirs } = connection.remote;
      const who = ip.includes(":") ? ip : `::ffff:${ip}`;
      yield* writeTo(self, self.files.get(2), `connect to [${who}]:${port} from [${who}]:${theirs}\n`);
    }
    if (command) yield* runFor(self, connection, command);
    else yield* copyStreams(self, connection);
    closeFile(self, descriptor);
    if (!flags.has("k")) return 0;
  }
}

/** Runs a command whose input and output are the connection. */
function* runFor(self: Process, connection: Connection, command: readonly string[]): Running {
  const found = executable(self, command, self.env.get("PATH"));
  if (!found.ok) {
    yield* complain(self, `can't execute '${command[0]}': ${found.text}`);
    return found.status;
  }
  const { env, folder, user, kernel, files } = self;
  const inner = new Map(files).set(0, connection).set(1, connection);
  const { argv, program } = found;
  const child = kernel.spawn({
    parent: self,
    argv,
    env,
    folder,
    user,
    files: inner,
    run: (me) => toEnd(program.run(me)),
  });
  return child ? yield* waitFor(child) : 1;
}

function* overDatagrams(self: Process, { host, ip, port }: Target, flags: ReadonlyMap<string, string>): Running {
  const file = openDatagrams(self);
  if (!file) return 1;
  if (flags.has("v")) yield* writeTo(self, self.files.get(2), `${host} (${hostPort({ ip, port })}) open\n`);
  if (flags.has("z")) return 0;
  const { kernel, files } = self;
  for (let bytes = yield* readSome(self, files.get(0)); bytes !== ""; bytes = yield* readSome(self, files.get(0)))
    file.send(bytes, { ip, port });
  for (;;) {
    const got = yield* receive(self, file, kernel.host.uptimeMs() + waitMs(flags));
    if (got === "late") return 0;
    if (got === "refused") {
      yield* complain(self, "read error: Connection refused");
      return 1;
    }
    yield* print(self, got.data);
  }
}
