import { type Answer, type Context, done, tableName } from "./answers.ts";
import { readExpression } from "./expression.ts";
import { ledgerBytesMax } from "./ledger.ts";
import type { Reader } from "./reader.ts";
import { SqlError } from "./sql_error.ts";
import { createTable, fitted, insert, placeOf, setRows, type Table, tableOf, withoutDoubles } from "./store.ts";
import { compareValues, type Expression, isTrue, type Scope, type Value } from "./values.ts";

function scopeOf(table: Table, row: readonly Value[], { around }: Context): Scope {
  return { around, column: (name) => row[placeOf(table, name)] ?? null };
}

/** `INSERT INTO`, and `REPLACE INTO`, which takes away what is in the way. */
export function insertRows(reader: Reader, context: Context, isReplacing: boolean): Answer {
  const isIgnoring = reader.take("IGNORE");
  reader.take("INTO");
  const { database, name } = tableName(reader, context);
  const table = tableOf(context.store, database, name);
  const places = reader.take("(") ? readPlaces(reader, table) : table.columns.map((_, place) => place);
  if (!reader.take("VALUES") && !reader.take("VALUE")) throw SqlError.unplayed("INSERT without VALUES");
  let [changed, insertId] = [0, 0];
  const [length, rows] = [table.rows.length, isReplacing ? table.rows : undefined];
  try {
    do {
      const given = readRow(reader, places, context);
      const kept = isReplacing ? withoutDoubles(table, given) : table.rows;
      changed += table.rows.length - kept.length;
      if (kept !== table.rows) setRows(table, kept);
      try {
        const counted = insert(table, given);
        insertId ||= counted;
        changed++;
      } catch (error) {
        if (!isIgnoring || !(error instanceof SqlError)) throw error;
      }
    } while (reader.take(","));
    if (!reader.isAtEnd()) throw SqlError.unplayed(`INSERT with ${reader.peek()?.text}`);
  } catch (error) {
    if (table.rows.length !== length || rows) setRows(table, (rows ?? table.rows).slice(0, length));
    throw error;
  }
  return { changed, insertId };
}

function readPlaces(reader: Reader, table: Table): number[] {
  const places: number[] = [];
  do places.push(placeOf(table, reader.name()));
  while (reader.take(","));
  reader.expect(")");
  return places;
}

function readRow(reader: Reader, places: readonly number[], { around }: Context): Map<number, Value> {
  const given = new Map<number, Value>();
  let count = 0;
  reader.expect("(");
  const none: Scope = {
    around,
    column(name) {
      throw new SqlError(1054, `Unknown column '${name}' in 'field list'`);
    },
  };
  if (reader.peek()?.text !== ")") {
    do {
      const place = places[count++];
      const isDefault = reader.take("DEFAULT");
      const value = isDefault ? null : readExpression(reader).of(none);
      if (place !== undefined && !isDefault) given.set(place, value);
    } while (reader.take(","));
  }
  reader.expect(")");
  if (count > 0 && count !== places.length) throw new SqlError(1136, "Column count doesn't match value count at row 1");
  return given;
}

/** `UPDATE`. */
export function update(reader: Reader, context: Context): Answer {
  const { database, name } = tableName(reader, context);
  const table = tableOf(context.store, database, name);
  reader.expect("SET");
  const sets: { readonly place: number; readonly to: Expression }[] = [];
  do {
    const place = placeOf(table, reader.name());
    reader.expect("=");
    sets.push({ place, to: readExpression(reader) });
  } while (reader.take(","));
  const isMeant = readWhere(reader, table, context);
  let [changed, held] = [0, 0];
  const rows = table.rows.map((row) => {
    if (!isMeant(row)) return row;
    const scope = scopeOf(table, row, context);
    const next = [...row];
    for (const { place, to } of sets) {
      const column = table.columns[place];
      if (column) next[place] = fitted(column, to.of(scope));
    }
    if (next.some((value, place) => value !== row[place])) changed++;
    held += heldIn(next);
    if (held > ledgerBytesMax) throw new SqlError(1114, `The table '${name}' is full`);
    return next;
  });
  setRows(table, rows);
  return { changed };
}

function heldIn(row: readonly Value[]): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 0), 0);
}

/** `DELETE FROM`. */
export function remove(reader: Reader, context: Context): Answer {
  reader.expect("FROM");
  const { database, name } = tableName(reader, context);
  const table = tableOf(context.store, database, name);
  const isMeant = readWhere(reader, table, context);
  const before = table.rows.length;
  setRows(
    table,
    table.rows.filter((row) => !isMeant(row)),
  );
  return { changed: before - table.rows.length };
}

/** `TRUNCATE TABLE`. */
export function truncate(reader: Reader, context: Context): Answer {
  reader.take("TABLE");
  const { database, name } = tableName(reader, context);
  const table = tableOf(context.store, database, name);
  setRows(table, []);
  table.next = 1;
  return done;
}

/** Which rows a statement is about, to its end. */
export function readWhere(reader: Reader, table: Table, context: Context): (row: readonly Value[]) => boolean {
  const condition = reader.take("WHERE") ? readExpression(reader) : undefined;
  return (row) => condition === undefined || isTrue(condition.of(scopeOf(table, row, context))) === true;
}

/** What may follow a table. */
const clauses = /^(JOIN|GROUP|HAVING|UNION|INNER|LEFT|RIGHT|,)$/i;

/** `SELECT`. */
export function select(reader: Reader, context: Context): Answer {
  reader.take("DISTINCT");
  const wanted: ("all" | { readonly name: string; readonly from: Expression })[] = [];
  do {
    if (reader.take("*")) wanted.push("all");
    else {
      const from = readExpression(reader);
      wanted.push({ name: reader.take("AS") ? reader.next().text : from.text, from });
    }
  } while (reader.take(","));
  const table = reader.take("FROM") && !reader.take("DUAL") ? readTable(reader, context) : undefined;
  const isMeant = table ? readWhere(reader, table, context) : () => true;
  const order = reader.take("ORDER", "BY") ? readOrder(reader) : [];
  const [skip, most] = readLimit(reader);
  if (!reader.isAtEnd()) {
    const { text = "" } = reader.peek() ?? {};
    throw clauses.test(text) ? SqlError.unplayed(`SELECT with ${text}`) : reader.fault();
  }
  const from = table ?? createTable("", []);
  const rows: readonly (readonly Value[])[] = table ? table.rows.filter(isMeant) : [[]];
  const scopes = rows.map((row) => ({ row, scope: scopeOf(from, row, context) }));
  const columns = wanted.flatMap((each) =>
    each === "all" ? (table?.columns ?? []).map(({ name }) => name) : [each.name],
  );
  const group = scopes.map(({ scope }) => scope);
  const rowOf = (row: readonly Value[], scope: Scope) =>
    wanted.flatMap((each) => (each === "all" ? row : [each.from.of(scope)]));
  if (wanted.some((each) => each !== "all" && each.from.isOverall)) {
    const [first] = scopes;
    const overall: Scope = { around: context.around, group, column: (name) => first?.scope.column(name) ?? null };
    return { columns, rows: [rowOf(first?.row ?? [], overall)] };
  }
  const sorted = order.length === 0 ? scopes : [...scopes].sort((one, other) => sortOf(order, one.scope, other.scope));
  return { columns, rows: sorted.slice(skip, skip + most).map(({ row, scope }) => rowOf(row, scope)) };
}

function readTable(reader: Reader, context: Context): Table {
  const { database, name } = tableName(reader, context);
  const next = reader.peek();
  if (reader.take("AS")) reader.name();
  else if (next?.sort === "name" && !/^(WHERE|ORDER|LIMIT|JOIN|GROUP|HAVING|UNION|INNER|LEFT|RIGHT)$/i.test(next.text))
    reader.name();
  return tableOf(context.store, database, name);
}

interface Order {
  readonly by: Expression;
  readonly sign: 1 | -1;
}

function readOrder(reader: Reader): Order[] {
  const order: Order[] = [];
  do {
    const by = readExpression(reader);
    const sign = reader.take("DESC") ? -1 : 1;
    reader.take("ASC");
    order.push({ by, sign });
  } while (reader.take(","));
  return order;
}

function sortOf(order: readonly Order[], one: Scope, other: Scope): number {
  for (const { by, sign } of order) {
    const found = compareValues(by.of(one), by.of(other));
    if (found !== 0) return sign * found;
  }
  return 0;
}

function readLimit(reader: Reader): readonly [number, number] {
  if (!reader.take("LIMIT")) return [0, Number.POSITIVE_INFINITY];
  const first = Number(reader.next().text);
  if (reader.take(",")) return [first, Number(reader.next().text)];
  return reader.take("OFFSET") ? [Number(reader.next().text), first] : [0, first];
}
