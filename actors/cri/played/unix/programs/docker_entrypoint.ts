import { executable } from "../kernel/executable.ts";
import { complain, print } from "../kernel/io.ts";
import { type Process, type Program, type Running, toEnd } from "../kernel/process.ts";
import { prepareMysql } from "./mysqld.ts";

/** The server that options alone are for, where an image has one. */
const servers = ["redis-server", "memcached", "postgres", "mysqld", "mariadbd"];

/** What official images begin with: it prepares something and then runs what it was given. */
export const dockerEntrypoint: Program = {
  names: ["docker-entrypoint.sh"],
  *run(self) {
    let words = self.argv.slice(1);
    const path = self.env.get("PATH");
    if (/^-/.test(words[0] ?? "")) {
      const own = servers.find((name) => executable(self, [name], path).ok);
      if (own !== undefined) words = [own, ...words];
    }
    if (/^nginx/.test(words[0] ?? "")) yield* prepareNginx(self);
    if (/^(mysqld|mariadbd)$/.test(words[0] ?? "") && !(yield* prepareMysql(self))) return 1;
    const found = executable(self, words, path);
    if (!found.ok) {
      yield* complain(self, `exec: ${words[0] ?? ""}: ${found.text}`);
      return found.status;
    }
    self.argv = found.argv;
    return yield* toEnd(found.program.run(self));
  },
};

function* prepareNginx(self: Process): Running<void> {
  const say = (text: string) => print(self, `/docker-entrypoint.sh: ${text}\n`);
  yield* say("/docker-entrypoint.d/ is not empty, will attempt to perform configuration");
  yield* say("Looking for shell scripts in /docker-entrypoint.d/");
  yield* say("Configuration complete; ready for start up");
}
