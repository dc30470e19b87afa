import { hasFailed } from "../files/errno.ts";
import { print, readSome } from "../kernel/io.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Target } from "./client.ts";
import { textAt } from "./ledger.ts";

const folders = ["/etc/mysql/conf.d", "/etc/my.cnf.d", "/etc/mysql/mysql.conf.d"];

/** What configuration files say below some headings; the last that speaks of a setting is heard. Names have hyphens. */
export function configured(self: Process, headings: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of ["/etc/my.cnf", "/etc/mysql/my.cnf", ...folders.flatMap((folder) => filesIn(self, folder))]) {
    let heading = "";
    for (const line of textAt(self, path).split("\n")) {
      const [, title] = /^\s*\[([^\]]+)\]/.exec(line) ?? [];
      if (title !== undefined) heading = title;
      const [, name = "", value = ""] = /^\s*([\w-]+)\s*(?:=\s*(.*?)\s*)?$/.exec(line) ?? [];
      if (name !== "" && headings.includes(heading))
        found.set(name.replaceAll("_", "-"), value.replace(/^["'](.*)["']$/, "$1"));
    }
  }
  return found;
}

function filesIn({ kernel }: Process, folder: string): string[] {
  const node = kernel.host.tree.find(folder);
  if (hasFailed(node) || node.kind !== "folder") return [];
  return [...node.entries.keys()]
    .filter((name) => name.endsWith(".cnf"))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** What a client's words say. */
export interface ClientWords {
  readonly target: Target;
  readonly options: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

const long: Readonly<Record<string, string>> = {
  h: "host",
  P: "port",
  u: "user",
  e: "execute",
  D: "database",
  w: "wait",
};
const valued = /^(host|port|user|execute|database|socket|protocol|default-character-set|connect-timeout|ssl-mode)$/;

/** Reads a client's words and configuration; a password that is asked for is read. */
export function* clientWords(self: Process): Running<ClientWords> {
  const options = configured(self, ["client", self.argv[0] ?? ""]);
  const rest: string[] = [];
  const words = self.argv.slice(1);
  let asksPassword = false;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = "", value] = /^--([\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === "password" && value === undefined) asksPassword = true;
    else if (name !== "") options.set(name, value ?? (valued.test(name) ? (words.shift() ?? "") : ""));
    else if (!/^-\w/.test(word)) rest.push(word);
    // Letters may stand together, up to one that takes what is behind it, or the next word.
    for (let at = 1; name === "" && /^-\w/.test(word) && at < word.length; at++) {
      const [letter = "", inline] = [word[at], word.slice(at + 1)];
      if (letter === "p" && inline === "") asksPassword = true;
      else if (letter === "p") options.set("password", inline);
      else if (Object.hasOwn(long, letter)) options.set(long[letter] ?? "", inline || (words.shift() ?? ""));
      else options.set(letter, "");
      if (letter === "p" || Object.hasOwn(long, letter)) break;
    }
  }
  let password = options.get("password") ?? self.env.get("MYSQL_PWD") ?? "";
  if (asksPassword) password = yield* askedPassword(self);
  const target: Target = {
    host: options.get("host") ?? self.env.get("MYSQL_HOST") ?? "localhost",
    port: Number(
      options.get("port") ?? self.env.get("MYSQL_TCP_PORT") ?? configured(self, ["mysqld"]).get("port") ?? 3306,
    ),
    user: options.get("user") ?? "root",
    password,
  };
  return { target, options, rest };
}

function* askedPassword(self: Process): Running<string> {
  yield* print(self, "Enter password: ");
  let line = "";
  while (!line.includes("\n")) {
    const bytes = yield* readSome(self, self.files.get(0));
    if (bytes === "") break;
    line += bytes;
  }
  return line.replace(/\r?\n[\s\S]*/, "");
}
