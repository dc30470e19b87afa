import { type Answer, type Context, done, judgeAccounts, judgeDatabase, tableName } from "./answers.ts";
import { readExpression } from "./expression.ts";
import type { Reader } from "./reader.ts";
import { SqlError } from "./sql_error.ts";
import { type Column, createTable as emptyTable, ownDatabases, tableOf } from "./store.ts";
import type { Value } from "./values.ts";

/** `CREATE` and what follows it. */
export function create(reader: Reader, context: Context): Answer {
  if (reader.take("USER")) return createUser(reader, context);
  if (reader.take("DATABASE") || reader.take("SCHEMA")) return createDatabase(reader, context);
  if (reader.take("TABLE") || reader.take("TEMPORARY", "TABLE")) return createTable(reader, context);
  throw SqlError.unplayed(`CREATE ${reader.peek()?.text ?? ""}`.trim());
}

function createDatabase(reader: Reader, context: Context): Answer {
  const isIf = reader.take("IF", "NOT", "EXISTS");
  const name = reader.name();
  const { store } = context;
  judgeDatabase(context, name);
  if (!store.databases.has(name)) store.databases.set(name, new Map());
  else if (!isIf) throw new SqlError(1007, `Can't create database '${name}'; database exists`);
  return { changed: 1 };
}

function createTable(reader: Reader, context: Context): Answer {
  const isIf = reader.take("IF", "NOT", "EXISTS");
  const { database, name } = tableName(reader, context);
  const tables = context.store.databases.get(database);
  if (!tables) throw new SqlError(1049, `Unknown database '${database}'`);
  if (tables.has(name)) {
    if (isIf) return done;
    throw new SqlError(1050, `Table '${name}' already exists`);
  }
  reader.expect("(");
  const columns: Column[] = [];
  do {
    const [first, second] = [reader.peek()?.text.toUpperCase() ?? "", reader.peek(1)?.text.toUpperCase()];
    if (/^(PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT|FULLTEXT|FOREIGN|CHECK)$/.test(first) && reader.peek()?.sort === "name")
      readKey(reader, { columns, isKey: first === "PRIMARY", isUnique: first === "UNIQUE", isAlone: second === "(" });
    else columns.push(readColumn(reader, context));
  } while (reader.take(","));
  reader.expect(")");
  tables.set(name, emptyTable(name, columns));
  return done;
}

interface Key {
  readonly columns: Column[];
  readonly isKey: boolean;
  readonly isUnique: boolean;
  readonly isAlone: boolean;
}

/** A key of one column tells its rows apart; others are passed over. */
function readKey(reader: Reader, { columns, isKey, isUnique }: Key): void {
  while (reader.peek()?.text !== "(") reader.next();
  reader.expect("(");
  const names = [reader.name()];
  for (let depth = 1; depth > 0; ) {
    const { text, sort } = reader.next();
    if (sort === "sign" && text === "(") depth++;
    else if (sort === "sign" && text === ")") depth--;
    else if (depth === 1 && (sort === "name" || sort === "quoted")) names.push(text);
  }
  const place = columns.findIndex(({ name }) => name.toLowerCase() === names[0]?.toLowerCase());
  const column = columns[place];
  if (names.length === 1 && column && (isKey || isUnique)) {
    columns[place] = { ...column, isKey, isUnique, isNullable: column.isNullable && !isKey };
  }
}

function readColumn(reader: Reader, { around }: Context): Column {
  const name = reader.name();
  let type = reader.name();
  if (reader.take("(")) {
    const parts: string[] = [];
    while (!reader.take(")")) parts.push(reader.next().text);
    type += `(${parts.join("")})`;
  }
  let column: Column = {
    ...{ name, type: type.toLowerCase(), isKey: false, isUnique: false, isNullable: true, counts: false },
    initial: undefined,
  };
  for (;;) {
    if (reader.take("PRIMARY", "KEY")) column = { ...column, isKey: true, isNullable: false };
    else if (reader.take("NOT", "NULL")) column = { ...column, isNullable: false };
    else if (reader.take("AUTO_INCREMENT")) column = { ...column, counts: true };
    else if (reader.take("UNIQUE")) column = { ...column, isUnique: true };
    else if (reader.take("DEFAULT")) {
      const { of } = readExpression(reader);
      column = { ...column, initial: of({ around, column: () => null }) };
    } else {
      const word = reader.peek();
      if (!word || (word.sort === "sign" && /^[,)]$/.test(word.text))) return column;
      // What else may be said of a column changes nothing here: a comment, a collation, what is done on update.
      reader.next();
    }
  }
}

/** `DROP` and what follows it. */
export function drop(reader: Reader, context: Context): Answer {
  const { databases, accounts } = context.store;
  const [isTable, isUser] = [reader.take("TABLE"), reader.take("USER")];
  if (!isTable && !isUser && !reader.take("DATABASE") && !reader.take("SCHEMA"))
    throw SqlError.unplayed(`DROP ${reader.peek()?.text ?? ""}`.trim());
  const isIf = reader.take("IF", "EXISTS");
  if (isUser) {
    judgeAccounts(context, "CREATE USER");
    const name = userName(reader);
    if (!accounts.delete(name) && !isIf) throw new SqlError(1396, `Operation DROP USER failed for '${name}'@'%'`);
    return done;
  }
  if (isTable) {
    do {
      const { database, name } = tableName(reader, context);
      if (!databases.get(database)?.delete(name) && !isIf)
        throw new SqlError(1051, `Unknown table '${database}.${name}'`);
    } while (reader.take(","));
    return done;
  }
  const name = reader.name();
  judgeDatabase(context, name);
  const changed = databases.get(name)?.size ?? 0;
  if (ownDatabases.includes(name)) throw new SqlError(1044, `Access denied for user to database '${name}'`);
  if (!databases.delete(name) && !isIf)
    throw new SqlError(1008, `Can't drop database '${name}'; database doesn't exist`);
  return { changed };
}

/** A name with the hosts that it may come from, which are all here. */
function userName(reader: Reader): string {
  const name = reader.next().text;
  const next = reader.peek();
  // 'root'@'%' is a text, the sign and another, which words have as a name behind the sign where it is written plainly.
  if (next?.sort === "variable") reader.next();
  else if (reader.take("@")) reader.next();
  return name;
}

function createUser(reader: Reader, context: Context): Answer {
  judgeAccounts(context, "CREATE USER");
  const isIf = reader.take("IF", "NOT", "EXISTS");
  const name = userName(reader);
  const { accounts } = context.store;
  const password = readPassword(reader) ?? "";
  if (!accounts.has(name)) accounts.set(name, { password, isGreat: false, databases: new Set() });
  else if (!isIf) throw new SqlError(1396, `Operation CREATE USER failed for '${name}'@'%'`);
  return done;
}

function readPassword(reader: Reader): string | undefined {
  if (!reader.take("IDENTIFIED")) return undefined;
  if (reader.take("WITH")) reader.next();
  return reader.take("BY") ? reader.next().text : "";
}

/** `ALTER USER`, which sets a password; nothing else is altered here. */
export function alter(reader: Reader, context: Context): Answer {
  if (!reader.take("USER")) throw SqlError.unplayed(`ALTER ${reader.peek()?.text ?? ""}`.trim());
  judgeAccounts(context, "CREATE USER");
  const { store } = context;
  reader.take("IF", "EXISTS");
  const name = userName(reader);
  const account = store.accounts.get(name);
  if (!account) throw new SqlError(1396, `Operation ALTER USER failed for '${name}'@'%'`);
  account.password = readPassword(reader) ?? account.password;
  return done;
}

/** `GRANT`: who may use which databases, or all. */
export function grant(reader: Reader, context: Context): Answer {
  judgeAccounts(context, "GRANT OPTION");
  const { store } = context;
  while (!reader.take("ON")) reader.next();
  const names: string[] = [];
  while (!reader.take("TO")) names.push(reader.next().text);
  const name = userName(reader);
  const account = store.accounts.get(name);
  if (!account) throw new SqlError(1410, "You are not allowed to create a user with GRANT");
  const [database = "*"] = names;
  if (database === "*") account.isGreat = true;
  else account.databases.add(database.replaceAll("\\_", "_"));
  return done;
}

/** `DESCRIBE`: what the columns of a table are. */
export function describe(reader: Reader, context: Context): Answer {
  const { database, name } = tableName(reader, context);
  const { columns } = tableOf(context.store, database, name);
  const keyOf = ({ isKey, isUnique }: Column) => (isKey ? "PRI" : isUnique ? "UNI" : "");
  const rows = columns.map((column): Value[] => [
    column.name,
    column.type,
    column.isNullable ? "YES" : "NO",
    keyOf(column),
    column.initial ?? null,
    column.counts ? "auto_increment" : "",
  ]);
  return { columns: ["Field", "Type", "Null", "Key", "Default", "Extra"], rows };
}
