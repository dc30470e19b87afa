import { SqlError } from "./sql_error.ts";
import type { Value } from "./values.ts";

/** A column of a table. */
export interface Column {
  readonly name: string;
  /** As it is written: `varchar(20)`. */
  readonly type: string;
  readonly isKey: boolean;
  readonly isUnique: boolean;
  readonly isNullable: boolean;
  readonly counts: boolean;
  /** Undefined: there is none. */
  readonly initial: Value | undefined;
}

/** A table, with what is in it. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
  /** What the next row gets that counts. */
  next: number;
}

interface Filled extends Table {
  rows: (readonly Value[])[];
  /** What is taken in each column that tells rows apart; made when it is asked for. */
  taken: Map<number, Set<string>> | undefined;
}

/** Somebody who may connect. */
export interface Account {
  password: string;
  /** They may do all. */
  isGreat: boolean;
  readonly databases: Set<string>;
}

/** What a server holds. */
export interface Store {
  readonly databases: Map<string, Map<string, Table>>;
  readonly accounts: Map<string, Account>;
}

/** The databases that a server has for itself. */
export const ownDatabases: readonly string[] = ["information_schema", "mysql", "performance_schema", "sys"];

/** A server's store as it begins: root may do all, without a password. */
export function createStore(): Store {
  return {
    databases: new Map(ownDatabases.map((name) => [name, new Map()])),
    accounts: new Map([["root", { password: "", isGreat: true, databases: new Set() }]]),
  };
}

/** A table by its name. */
export function tableOf({ databases }: Store, database: string, name: string): Table {
  const found = databases.get(database);
  if (!found) throw new SqlError(1049, `Unknown database '${database}'`);
  const table = found.get(name);
  if (!table) throw new SqlError(1146, `Table '${database}.${name}' doesn't exist`);
  return table;
}

/** The place of a column. */
export function placeOf({ columns }: Table, name: string, where = "field list"): number {
  const place = columns.findIndex((each) => each.name.toLowerCase() === name.toLowerCase());
  if (place < 0) throw new SqlError(1054, `Unknown column '${name}' in '${where}'`);
  return place;
}

/** What a type makes of a value: numbers are numbers, and texts are texts. */
export function fitted({ type }: Column, value: Value): Value {
  if (value === null) return null;
  if (/^(tiny|small|medium|big)?int|^(bool|serial)/i.test(type))
    return Math.round(Number.parseFloat(String(value)) || 0);
  if (/^(float|double|decimal|numeric|real)/i.test(type)) return Number.parseFloat(String(value)) || 0;
  return String(value);
}

/** A table without rows. */
export function createTable(name: string, columns: readonly Column[]): Table {
  const table: Filled = { name, columns, rows: [], next: 1, taken: undefined };
  return table;
}

/** What a value is known by in a column that tells rows apart. */
const knownAs = (value: Value) => String(value).toLowerCase();

function tellsApart({ isKey, isUnique }: Column): boolean {
  return isKey || isUnique;
}

/** What is taken, by column; two rows may not have the same. */
function takenIn({ name, columns }: Table, rows: readonly (readonly Value[])[]): Map<number, Set<string>> {
  const taken = new Map<number, Set<string>>();
  for (const [place, column] of columns.entries()) {
    if (!tellsApart(column)) continue;
    const known = new Set<string>();
    for (const row of rows) {
      const value = row[place] ?? null;
      if (value === null) continue;
      if (known.has(knownAs(value))) throw doubled(name, column, value);
      known.add(knownAs(value));
    }
    taken.set(place, known);
  }
  return taken;
}

function doubled(table: string, { isKey, name }: Column, value: Value): SqlError {
  return new SqlError(1062, `Duplicate entry '${value}' for key '${table}.${isKey ? "PRIMARY" : name}'`);
}

function takenOf(table: Table): Map<number, Set<string>> {
  const filled = table as Filled;
  filled.taken ??= takenIn(table, table.rows);
  return filled.taken;
}

/** Gives a table other rows, unless two of them are the same where rows are told apart. */
export function setRows(table: Table, rows: readonly (readonly Value[])[]): void {
  Object.assign(table, { taken: takenIn(table, rows), rows: [...rows] });
}

/** Puts a row in, with what its columns have of themselves; gives back the number that was counted, 0 for none. */
export function insert(table: Table, given: ReadonlyMap<number, Value>): number {
  let counted = 0;
  const row = table.columns.map((column, place) => {
    const { name, initial, isNullable, counts } = column;
    let value = given.has(place) ? fitted(column, given.get(place) ?? null) : (initial ?? null);
    if (counts && (value === null || value === 0)) {
      counted = table.next;
      value = counted;
    }
    if (value !== null || isNullable) return value;
    if (given.has(place)) throw new SqlError(1048, `Column '${name}' cannot be null`);
    throw new SqlError(1364, `Field '${name}' doesn't have a default value`);
  });
  const taken = takenOf(table);
  for (const [place, known] of taken) {
    const value = row[place] ?? null;
    const column = table.columns[place];
    if (column && value !== null && known.has(knownAs(value))) throw doubled(table.name, column, value);
  }
  for (const [place, known] of taken) if (row[place] !== null) known.add(knownAs(row[place] ?? null));
  const own = table.columns.findIndex(({ counts }) => counts);
  if (own >= 0) table.next = Math.max(table.next, Number(row[own]) + 1);
  (table as Filled).rows.push(row);
  return counted;
}

/** The rows of a table but those that would be in the way of another. */
export function withoutDoubles(table: Table, given: ReadonlyMap<number, Value>): readonly (readonly Value[])[] {
  const taken = takenOf(table);
  const inTheWay = [...taken].flatMap(([place, known]) => {
    const value = given.get(place) ?? null;
    return value !== null && known.has(knownAs(value)) ? [[place, knownAs(value)] as const] : [];
  });
  if (inTheWay.length === 0) return table.rows;
  return table.rows.filter((row) => !inTheWay.some(([place, value]) => knownAs(row[place] ?? null) === value));
}
