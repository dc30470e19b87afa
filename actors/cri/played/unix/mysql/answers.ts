import type { Reader } from "./reader.ts";
import { SqlError } from "./sql_error.ts";
import type { Store } from "./store.ts";
import type { Surroundings, Value } from "./values.ts";

/** What a statement comes to: rows, or what it has changed. */
export type Answer =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }
  | { readonly changed: number; readonly insertId?: number; readonly database?: string };

/** Where a statement is performed. */
export interface Context {
  readonly store: Store;
  readonly around: Surroundings;
  /** Whether who asks may use a database; nothing: may do what is about the whole server. */
  may(database?: string): boolean;
  /** What is known of the server's own state, as two columns: its variables, or its replication. */
  readonly variables: () => ReadonlyMap<string, Value>;
  /** The replication of this server, if it follows another. */
  readonly following: () => readonly (readonly [string, Value])[];
  /** Follows another server, no longer, or another. */
  follow(order: FollowOrder): void;
}

/** What is said of following another server. */
export type FollowOrder =
  | { readonly do: "start" | "stop" | "reset" }
  | { readonly do: "change"; readonly settings: ReadonlyMap<string, Value> };

/** Nothing is to be said of it. */
export const done: Answer = { changed: 0 };

/** The database and the name of a table that who asks may use; without one it is that of the connection. */
export function tableName(reader: Reader, context: Context): { readonly database: string; readonly name: string } {
  const { around, may } = context;
  const first = reader.name();
  const [database, name] = reader.take(".") ? [first, reader.name()] : [around.database, first];
  if (database === undefined) throw new SqlError(1046, "No database selected");
  if (!may(database))
    throw new SqlError(1142, `${reader.verb} command denied to user ${accountOf(context)} for table '${name}'`);
  return { database, name };
}

/** Refuses who may not use a database. */
export function judgeDatabase(context: Context, name: string): void {
  if (!context.may(name))
    throw new SqlError(1044, `Access denied for user ${accountOf(context)} to database '${name}'`);
}

/** Refuses who may not do what is about all accounts. */
export function judgeAccounts({ may }: Context, privilege: string): void {
  if (!may())
    throw new SqlError(
      1227,
      `Access denied; you need (at least one of) the ${privilege} privilege(s) for this operation`,
    );
}

function accountOf({ around }: Context): string {
  return `'${around.user.replace(/@.*/, "")}'@'%'`;
}
