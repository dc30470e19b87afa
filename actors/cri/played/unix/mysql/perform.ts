import { type Answer, type Context, done, judgeDatabase } from "./answers.ts";
import { insertRows, remove, select, truncate, update } from "./changes.ts";
import { alter, create, describe, drop, grant } from "./definitions.ts";
import { readExpression } from "./expression.ts";
import { type Reader, readerOf } from "./reader.ts";
import { show } from "./show.ts";
import { SqlError } from "./sql_error.ts";
import type { Value } from "./values.ts";
import type { Word } from "./words.ts";

type Performance = (reader: Reader, context: Context) => Answer;

const nothing: Performance = () => done;

/** What a statement does, by its first word. */
const performances: Readonly<Record<string, Performance>> = {
  SELECT: select,
  INSERT: (reader, context) => insertRows(reader, context, false),
  REPLACE: (reader, context) => insertRows(reader, context, true),
  UPDATE: update,
  DELETE: remove,
  TRUNCATE: truncate,
  CREATE: create,
  DROP: drop,
  ALTER: alter,
  GRANT: grant,
  SHOW: show,
  DESCRIBE: describe,
  DESC: describe,
  USE: use,
  CHANGE: change,
  START: (reader, context) => (isReplication(reader) ? order(context, "start") : done),
  STOP: (reader, context) => (isReplication(reader) ? order(context, "stop") : done),
  RESET: (reader, context) => (isReplication(reader) ? order(context, "reset") : done),
  // Each statement stands for itself.
  ...{ SET: nothing, BEGIN: nothing, COMMIT: nothing, FLUSH: nothing, LOCK: nothing, UNLOCK: nothing, DO: nothing },
};

/** Of what is kept: others change nothing. */
const lasting = /^(INSERT|REPLACE|UPDATE|DELETE|TRUNCATE|CREATE|DROP|ALTER|GRANT)$/i;

/** Whether a statement changes what a server keeps. */
export function isLasting([first]: readonly Word[]): boolean {
  return first?.sort === "name" && lasting.test(first.text);
}

/** Performs a statement; what it cannot do is thrown. */
export function perform(sql: string, words: readonly Word[], context: Context): Answer {
  const reader = readerOf(sql, words);
  const first = reader.next();
  const key = first.text.toUpperCase();
  const performance = first.sort === "name" && Object.hasOwn(performances, key) ? performances[key] : undefined;
  if (performance) return performance(reader, context);
  if (/^(ROLLBACK|SAVEPOINT|PREPARE|EXECUTE|CALL|LOAD|WITH|EXPLAIN|ANALYZE|OPTIMIZE|REVOKE|RENAME)$/.test(key))
    throw SqlError.unplayed(key);
  throw SqlError.syntax(sql, first.at);
}

function use(reader: Reader, context: Context): Answer {
  const database = reader.name();
  judgeDatabase(context, database);
  if (!context.store.databases.has(database)) throw new SqlError(1049, `Unknown database '${database}'`);
  return { changed: 0, database };
}

function isReplication(reader: Reader): boolean {
  return reader.take("SLAVE") || reader.take("REPLICA");
}

function order(context: Context, what: "start" | "stop" | "reset"): Answer {
  context.follow({ do: what });
  return done;
}

/** `CHANGE MASTER TO` and `CHANGE REPLICATION SOURCE TO`: whom this server follows. */
function change(reader: Reader, context: Context): Answer {
  if (!reader.take("MASTER", "TO")) reader.expect("REPLICATION", "SOURCE", "TO");
  const settings = new Map<string, Value>();
  const none = { around: context.around, column: (name: string) => name };
  do {
    const name = reader
      .name()
      .toUpperCase()
      .replace(/^(MASTER|SOURCE)_/, "");
    reader.expect("=");
    settings.set(name, readExpression(reader).of(none));
  } while (reader.take(","));
  context.follow({ do: "change", settings });
  return done;
}
