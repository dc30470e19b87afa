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

/** The database and the name of a table; without one it is that of the connection. */
export function tableName(reader: Reader, { around }: Context): { readonly database: string; readonly name: string } {
  const first = reader.name();
  if (reader.take(".")) return { database: first, name: reader.name() };
  if (around.database === undefined) throw new SqlError(1046, "No database selected");
  return { database: around.database, name: first };
}
