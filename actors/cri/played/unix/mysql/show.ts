import type { Answer, Context } from "./answers.ts";
import { judgeDatabase, tableName } from "./answers.ts";
import { describe } from "./definitions.ts";
import type { Reader } from "./reader.ts";
import { SqlError } from "./sql_error.ts";
import { tableOf } from "./store.ts";
import { isLike, type Value } from "./values.ts";

/** `SHOW` and what follows it. */
export function show(reader: Reader, context: Context): Answer {
  const { store, around } = context;
  reader.take("FULL");
  if (!reader.take("GLOBAL")) reader.take("SESSION");
  if (reader.take("DATABASES") || reader.take("SCHEMAS"))
    return listed("Database", [...store.databases.keys()].filter(context.may), reader);
  if (reader.take("TABLES")) return showTables(reader, context);
  if (reader.take("COLUMNS")) {
    if (!reader.take("FROM")) reader.expect("IN");
    return describe(reader, context);
  }
  if (reader.take("VARIABLES") || reader.take("STATUS")) return pairs(reader, context.variables());
  if (reader.take("MASTER", "STATUS") || reader.take("BINARY", "LOG", "STATUS")) {
    const known = context.variables();
    const [file, position] = [known.get("log_file") ?? "", known.get("log_position") ?? 0];
    return {
      columns: ["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB", "Executed_Gtid_Set"],
      rows: [[file, position, "", "", ""]],
    };
  }
  if (reader.take("SLAVE", "STATUS") || reader.take("REPLICA", "STATUS")) {
    const found = context.following();
    return { columns: found.map(([name]) => name), rows: found.length > 0 ? [found.map(([, value]) => value)] : [] };
  }
  if (reader.take("PROCESSLIST")) {
    const [user = "", host = ""] = around.user.split("@");
    const row: Value[] = [
      around.connection,
      user,
      host,
      around.database ?? null,
      "Query",
      0,
      "init",
      "SHOW PROCESSLIST",
    ];
    return { columns: ["Id", "User", "Host", "db", "Command", "Time", "State", "Info"], rows: [row] };
  }
  if (reader.take("WARNINGS") || reader.take("ERRORS")) return { columns: ["Level", "Code", "Message"], rows: [] };
  if (reader.take("CREATE", "TABLE")) return showDefinition(reader, context);
  throw SqlError.unplayed(`SHOW ${reader.peek()?.text ?? ""}`.trim());
}

function pattern(reader: Reader): string | undefined {
  return reader.take("LIKE") ? reader.next().text : undefined;
}

function listed(column: string, names: readonly string[], reader: Reader): Answer {
  const wanted = pattern(reader);
  const rows = [...names].sort().filter((name) => wanted === undefined || isLike(name, wanted));
  return { columns: [wanted === undefined ? column : `${column} (${wanted})`], rows: rows.map((name) => [name]) };
}

function showTables(reader: Reader, context: Context): Answer {
  const { store, around } = context;
  const database = reader.take("FROM") || reader.take("IN") ? reader.name() : around.database;
  if (database === undefined) throw new SqlError(1046, "No database selected");
  judgeDatabase(context, database);
  const tables = store.databases.get(database);
  if (!tables) throw new SqlError(1049, `Unknown database '${database}'`);
  return listed(`Tables_in_${database}`, [...tables.keys()], reader);
}

function pairs(reader: Reader, known: ReadonlyMap<string, Value>): Answer {
  const wanted = pattern(reader);
  const rows = [...known].filter(([name]) => wanted === undefined || isLike(name, wanted));
  return { columns: ["Variable_name", "Value"], rows: rows.map((row) => [...row]) };
}

function showDefinition(reader: Reader, context: Context): Answer {
  const { database, name } = tableName(reader, context);
  const { columns } = tableOf(context.store, database, name);
  const lines = columns.map(({ name: column, type, isNullable, counts }) =>
    [`  \`${column}\` ${type}`, isNullable ? "DEFAULT NULL" : "NOT NULL", ...(counts ? ["AUTO_INCREMENT"] : [])].join(
      " ",
    ),
  );
  const key = columns.find(({ isKey }) => isKey);
  if (key) lines.push(`  PRIMARY KEY (\`${key.name}\`)`);
  const text = `CREATE TABLE \`${name}\` (\n${lines.join(",\n")}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;
  return { columns: ["Table", "Create Table"], rows: [[name, text]] };
}
