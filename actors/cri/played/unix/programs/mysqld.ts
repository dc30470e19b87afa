import { hasFailed } from "../files/errno.ts";
import { print, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { type Entry, isMade, make, note, quoted, textAt } from "../mysql/ledger.ts";
import { configured } from "../mysql/options.ts";
import { runServer } from "../mysql/server.ts";
import { SqlError } from "../mysql/sql_error.ts";
import { statementsOf } from "../mysql/words.ts";

/** The server MySQL, or MariaDB, with the usual statements and what they are about. */
export const mysqld: Program = {
  names: ["mysqld", "mariadbd", "mysqld_safe"],
  *run(self) {
    const words = self.argv.slice(1);
    if (words.some((word) => word === "--version" || word === "-V")) {
      yield* print(
        self,
        `/usr/sbin/mysqld  Ver ${self.env.get("MYSQL_VERSION") ?? "9.4.0"} for Linux on x86_64 (MySQL Community Server - GPL)\n`,
      );
      return 0;
    }
    const settings = configured(self, ["mysqld", "mariadb", "mariadbd", "server"]);
    for (const word of words) {
      const [, name = "", value = ""] = /^--(?:loose-)?([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
      if (name !== "") settings.set(name.replaceAll("_", "-"), value);
    }
    return yield* runServer(self, settings);
  },
};

const scripts = "/docker-entrypoint-initdb.d";

/** What the entry point of the image does before its server begins; false: it does not, and has said why. */
export function* prepareMysql(self: Process): Running<boolean> {
  const brand = self.env.has("MARIADB_VERSION") ? "MariaDB" : "MySQL";
  const say = (level: string, text: string) => {
    const time = `${new Date(self.kernel.host.wallMs()).toISOString().slice(0, 19).replace("T", " ")}+00:00`;
    return writeTo(self, self.files.get(level === "ERROR" ? 2 : 1), `${time} [${level}] [Entrypoint]: ${text}\n`);
  };
  const version = self.env.get("MYSQL_VERSION") ?? self.env.get("MARIADB_VERSION") ?? "";
  yield* say("Note", `Entrypoint script for ${brand} Server ${version} started.`);
  if (isMade(self)) return true;
  const given = (name: string) => self.env.get(`MYSQL_${name}`) ?? self.env.get(`MARIADB_${name}`);
  const rootPassword = given("ROOT_PASSWORD") ?? passwordIn(self, given("ROOT_PASSWORD_FILE"));
  const isRandom = Boolean(given("RANDOM_ROOT_PASSWORD"));
  const mayBeEmpty = given("ALLOW_EMPTY_PASSWORD") ?? given("ALLOW_EMPTY_ROOT_PASSWORD");
  if (!rootPassword && !mayBeEmpty && !isRandom) {
    const names = ["MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"];
    const lines = names.map((name) => `    - ${name}\n`).join("");
    yield* say("ERROR", "Database is uninitialized and password option is not specified");
    yield* writeTo(
      self,
      self.files.get(2),
      `    You need to specify one of the following as an environment variable:\n${lines}`,
    );
    return false;
  }
  yield* say("Note", "Initializing database files");
  const password = rootPassword || (isRandom ? randomPassword(self) : "");
  if (isRandom && !rootPassword) yield* say("Note", `GENERATED ROOT PASSWORD: ${password}`);
  const user = given("USER") ?? "";
  const statements = first({
    ...{ password, database: given("DATABASE") ?? "", user },
    userPassword: given("PASSWORD") ?? passwordIn(self, given("PASSWORD_FILE")) ?? "",
  });
  make(self);
  const atMs = self.kernel.host.wallMs();
  const entries: Entry[] = statements.map((sql) => ({ atMs, sql }));
  for (const name of scriptNames(self)) {
    if (!name.endsWith(".sql")) {
      yield* say("Warn", `${scripts}/${name} is not run: kubetroupe plays this entry point, and runs .sql alone`);
      continue;
    }
    yield* say("Note", `running ${scripts}/${name}`);
    const read = entriesOf(textAt(self, `${scripts}/${name}`), { atMs, database: given("DATABASE") });
    if (typeof read === "string") {
      yield* writeTo(self, self.files.get(2), `${read}\n`);
      return false;
    }
    entries.push(...read);
  }
  note(self, entries);
  yield* say("Note", `${brand} init process done. Ready for start up.`);
  return true;
}

function passwordIn(self: Process, path: string | undefined): string | undefined {
  return path === undefined ? undefined : textAt(self, path).trim();
}

function randomPassword({ kernel }: Process): string {
  return Array.from({ length: 24 }, () => String.fromCharCode(97 + kernel.host.random.int(26))).join("");
}

interface Wishes {
  readonly password: string;
  readonly database: string;
  readonly user: string;
  readonly userPassword: string;
}

function first({ password, database, user, userPassword }: Wishes): string[] {
  const statements = password === "" ? [] : [`ALTER USER 'root'@'%' IDENTIFIED BY ${quoted(password)}`];
  if (database !== "") statements.push(`CREATE DATABASE IF NOT EXISTS \`${database}\``);
  if (user === "" || user === "root") return statements;
  statements.push(`CREATE USER ${quoted(user)}@'%' IDENTIFIED BY ${quoted(userPassword)}`);
  if (database !== "") statements.push(`GRANT ALL ON \`${database}\`.* TO ${quoted(user)}@'%'`);
  return statements;
}

function scriptNames({ kernel }: Process): string[] {
  const node = kernel.host.tree.find(scripts);
  return hasFailed(node) || node.kind !== "folder"
    ? []
    : [...node.entries.keys()].filter((name) => !name.startsWith("..")).sort();
}

function entriesOf(text: string, start: Omit<Entry, "sql">): Entry[] | string {
  let { database } = start;
  try {
    return statementsOf(text).flatMap(({ text: sql, words: [word, name] }) => {
      if (word?.text.toUpperCase() !== "USE") return [{ ...start, database, sql }];
      database = name?.text;
      return [];
    });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return `ERROR ${error.number} (${error.state}) at line 1: ${error.message}`;
  }
}
