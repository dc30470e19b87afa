import { print, readSome, writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { connect, isSession, type Refusal, type Session } from "../mysql/client.ts";
import { clientWords } from "../mysql/options.ts";
import type { Outcome } from "../mysql/payloads.ts";
import { framed, tabbed, upright } from "../mysql/tables.ts";

/** How a client tells what comes. */
interface Telling {
  readonly session: Session;
  readonly form: "framed" | "tabbed";
  readonly hasNames: boolean;
  /** It says how many rows there are, and goes on after what fails. */
  readonly isTalkative: boolean;
}

/** MySQL's own client: performs what it is told to, or what it reads statement by statement. */
export const mysql: Program = {
  names: ["mysql", "mariadb"],
  *run(self) {
    const { target, options, rest } = yield* clientWords(self);
    if (options.has("V") || options.has("version")) {
      yield* print(
        self,
        `mysql  Ver ${self.env.get("MYSQL_VERSION") ?? "9.4.0"} for Linux on x86_64 (MySQL Community Server - GPL)\n`,
      );
      return 0;
    }
    if (options.has("password")) {
      const warning = "mysql: [Warning] Using a password on the command line interface can be insecure.\n";
      yield* writeTo(self, self.files.get(2), warning);
    }
    const database = options.get("database") ?? rest[0];
    const session = yield* connect(self, { ...target, database });
    if (!isSession(session)) {
      yield* complainOf(self, session);
      return 1;
    }
    const isTerminal = (self.files.get(1)?.isTerminal ?? false) && !options.has("B") && !options.has("batch");
    const isFramed = isTerminal || options.has("t") || options.has("table");
    const hasNames = !options.has("N") && !options.has("skip-column-names");
    const told = options.get("execute");
    const isTalkative = told === undefined && isTerminal && (self.files.get(0)?.isTerminal ?? false);
    const telling: Telling = { session, form: isFramed ? "framed" : "tabbed", hasNames, isTalkative };
    if (told !== undefined) return (yield* tell(self, telling, told)) ? 0 : 1;
    return yield* readStatements(self, telling);
  },
};

function* complainOf(self: Process, { number, state, message }: Refusal, where = ""): Running<void> {
  yield* writeTo(self, self.files.get(2), `ERROR ${number} (${state})${where}: ${message}\n`);
}

function* readStatements(self: Process, telling: Telling): Running {
  const { isTalkative, session } = telling;
  if (isTalkative) {
    const { connection, version } = session;
    yield* print(self, "Welcome to the MySQL monitor.  Commands end with ; or \\g.\n");
    yield* print(
      self,
      `Your MySQL connection id is ${connection}\nServer version: ${version} MySQL, played by kubetroupe\n\n`,
    );
  }
  let held = "";
  for (;;) {
    if (isTalkative) yield* print(self, held.trim() === "" ? "mysql> " : "    -> ");
    const bytes = yield* readSome(self, self.files.get(0));
    const lines = (held + bytes).split("\n");
    if (lines.some((line) => /^\s*(exit|quit|\\q)\s*;?\s*$/i.test(line)) && isTalkative) {
      yield* print(self, "Bye\n");
      return 0;
    }
    const { whole, rest } = divided(held + bytes);
    held = rest;
    const isOver = bytes === "";
    for (const statement of isOver && rest.trim() !== "" ? [...whole, rest] : whole) {
      if (!(yield* tell(self, telling, statement)) && !isTalkative) return 1;
    }
    if (isOver) return 0;
  }
}

/** The statements that have ended, by `;`, `\G` or `\g`, and what has not. */
function divided(text: string): { readonly whole: readonly string[]; readonly rest: string } {
  const whole: string[] = [];
  let from = 0;
  for (const found of text.matchAll(
    /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|--[ \t][^\n]*\n|#[^\n]*\n|(;|\\[gG])/g,
  )) {
    const [all, end] = found;
    if (end === undefined) continue;
    whole.push(text.slice(from, found.index) + (end === "\\G" ? end : ""));
    from = found.index + all.length;
  }
  return { whole, rest: text.slice(from).replace(/^\s+/, "") };
}

/** Performs some statements and tells what comes; false: one of them failed. */
function* tell(self: Process, telling: Telling, given: string): Running<boolean> {
  const isUpright = /\\G\s*$/.test(given);
  const sql = given.replace(/\\[gG]\s*$/, "");
  if (sql.trim() === "") return true;
  const began = self.kernel.host.uptimeMs();
  for (const outcome of yield* telling.session.query(sql)) {
    if (!outcome) {
      yield* complainOf(self, {
        number: 2013,
        state: "HY000",
        message: "Lost connection to MySQL server during query",
      });
      return false;
    }
    if (outcome.sort === "error") {
      yield* complainOf(self, outcome, telling.isTalkative ? "" : " at line 1");
      return false;
    }
    const seconds = ((self.kernel.host.uptimeMs() - began) / 1_000).toFixed(2);
    yield* print(self, textOf(telling, outcome, { isUpright, seconds }));
  }
  return true;
}

function textOf(
  { form, hasNames, isTalkative }: Telling,
  outcome: Exclude<Outcome, { readonly sort: "error" }>,
  { isUpright, seconds }: { readonly isUpright: boolean; readonly seconds: string },
): string {
  if (outcome.sort === "done") {
    return isTalkative ? `Query OK, ${counted(outcome.changed, "row")} affected (${seconds} sec)\n\n` : "";
  }
  const { columns, rows } = outcome;
  const end = isTalkative ? `${counted(rows.length, "row")} in set (${seconds} sec)\n\n` : "";
  if (isUpright) return `${upright(columns, rows)}${end}`;
  if (rows.length === 0) return isTalkative ? `Empty set (${seconds} sec)\n\n` : "";
  return `${form === "framed" ? framed(columns, rows) : tabbed(hasNames ? columns : undefined, rows)}${end}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
