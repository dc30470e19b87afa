import { complain, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import type { SignalName } from "../kernel/signals.ts";
import { stamp } from "../nginx/log.ts";
import { runServer } from "../nginx/server.ts";
import { confPath, readConf } from "../nginx/site.ts";

/** The web server nginx: it serves what its configuration says. */
export const nginx: Program = {
  names: ["nginx", "nginx-debug"],
  *run(self) {
    const words = self.argv.slice(1);
    const given = new Map<string, string>();
    while (words.length > 0) {
      const word = words.shift() ?? "";
      if (!/^-[?hvVtTqscpge]/.test(word)) {
        yield* complain(self, `invalid option: "${word}"`);
        return 1;
      }
      for (const letter of word.slice(1)) given.set(letter, "");
      const last = word.at(-1) ?? "";
      if ("scpge".includes(last)) given.set(last, `${given.get(last) ?? ""}${words.shift() ?? ""}`);
    }
    const version = `nginx/${self.env.get("NGINX_VERSION") ?? "1.29.1"}`;
    if (given.has("v") || given.has("V") || given.has("h") || given.has("?")) {
      yield* say(self, `nginx version: ${version}\n`);
      if (given.has("V"))
        yield* say(self, "built by gcc 12.2.0 (Debian 12.2.0-14)\nconfigure arguments: --prefix=/etc/nginx\n");
      return 0;
    }
    if (given.has("s")) return yield* signalMaster(self, given.get("s") ?? "");
    const path = given.get("c") ?? confPath;
    const conf = readConf(self.kernel.host.tree, path, given.get("g") ?? "");
    if (!conf.ok) {
      const { text, path: where, line } = conf.failure;
      yield* say(
        self,
        `${stamp(self)} [emerg] ${self.pid}#${self.pid}: ${text}${line > 0 ? ` in ${where}:${line}` : ""}\n`,
      );
      yield* say(self, `nginx: [emerg] ${text}${line > 0 ? ` in ${where}:${line}` : ""}\n`);
      if (given.has("t") || given.has("T")) yield* say(self, `nginx: configuration file ${path} test failed\n`);
      return 1;
    }
    if (given.has("t") || given.has("T")) {
      yield* say(self, `nginx: the configuration file ${path} syntax is ok\n`);
      yield* say(self, `nginx: configuration file ${path} test is successful\n`);
      return 0;
    }
    const serve = (master: Process) =>
      runServer(master, { version, path, globals: given.get("g") ?? "", conf: conf.value });
    if (!conf.value.isDaemon) return yield* serve(self);
    const { argv, env, folder, user, kernel } = self;
    const files = new Map([...self.files].filter(([descriptor]) => descriptor < 3));
    kernel.spawn({ parent: kernel.first, argv, env, folder, user, files, run: serve });
    return 0;
  },
};

function* say(self: Process, text: string): Running<void> {
  yield* writeTo(self, self.files.get(2), text);
}

const signals: ReadonlyMap<string, SignalName> = new Map([
  ["stop", "TERM"],
  ["quit", "QUIT"],
  ["reload", "HUP"],
  ["reopen", "USR1"],
]);

function* signalMaster(self: Process, name: string): Running {
  const signal = signals.get(name);
  if (signal === undefined) {
    yield* complain(self, `invalid option: "-s ${name}"`);
    return 1;
  }
  const file = self.kernel.host.tree.find("/run/nginx.pid");
  const pid = "kind" in file && file.kind === "file" ? Number(file.bytes) : 0;
  const master = self.kernel.processes.get(pid);
  if (!master) {
    yield* say(
      self,
      `${stamp(self)} [error] ${self.pid}#${self.pid}: open() "/run/nginx.pid" failed (2: No such file or directory)\n`,
    );
    yield* complain(self, '[error] open() "/run/nginx.pid" failed (2: No such file or directory)');
    return 1;
  }
  self.kernel.signal(master, signal);
  return 0;
}
