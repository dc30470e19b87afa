import type { Answer } from "./answers.ts";
import type { SqlError } from "./sql_error.ts";
import type { Value } from "./values.ts";
import {
  type AuthPlugin,
  capabilities,
  endedAt,
  int,
  intAt,
  packetBytesMax,
  sized,
  sizedAt,
  sizedInt,
  sizedIntAt,
} from "./wire.ts";

/** The commands of clients that are known, by their first byte. */
export const commands = { quit: 1, useDatabase: 2, query: 3, statistics: 9, ping: 14, dump: 18 } as const;

const { connectsWithDatabase, protocol41, secureConnection, pluginAuth, longAuth } = capabilities;
/** What a server here can do: more statements at once, too. */
const serverCan =
  0x1 | 0x2 | 0x4 | connectsWithDatabase | protocol41 | 0x2000 | secureConnection | 0x30000 | pluginAuth;
const utf8 = 255;
const [isOk, hasEnded, hasFailed] = ["\x00", "\xfe", "\xff"];
const autocommit = int(2, 2);
const types = { text: 253, whole: 8, broken: 5 } as const;

/** What a server says first. */
export interface Greeting {
  readonly version: string;
  readonly connection: number;
  /** Twenty bytes, none of them zero. */
  readonly nonce: string;
  readonly plugin: string;
}

/** The bytes of a greeting. */
export function greetingText({ version, connection, nonce, plugin }: Greeting): string {
  const can = int(serverCan | longAuth, 4);
  const middle = `${can.slice(0, 2)}${int(utf8, 1)}${autocommit}${can.slice(2)}${int(21, 1)}${"\0".repeat(10)}`;
  return `\x0a${version}\0${int(connection, 4)}${nonce.slice(0, 8)}\0${middle}${nonce.slice(8)}\0${plugin}\0`;
}

/** Reads one; undefined: it is none. */
export function greetingIn(payload: string): Greeting | undefined {
  if (payload[0] !== "\x0a") return undefined;
  const { value: version, end } = endedAt(payload, 1);
  const first = payload.slice(end + 4, end + 12);
  const rest = payload.slice(end + 31, end + 43);
  const { value: plugin } = endedAt(payload, end + 44);
  return { version, connection: intAt(payload, end, 4), nonce: first + rest, plugin };
}

/** What a client answers to it. */
export interface Login {
  readonly user: string;
  readonly proof: string;
  readonly database: string | undefined;
  readonly plugin: string;
}

/** The bytes of a login. */
export function loginText({ user, proof, database, plugin }: Login): string {
  const can =
    0x1 |
    protocol41 |
    0x2000 |
    secureConnection |
    0x30000 |
    pluginAuth |
    (database === undefined ? 0 : connectsWithDatabase);
  const named = database === undefined ? "" : `${database}\0`;
  const start = `${int(can, 4)}${int(packetBytesMax, 4)}${int(utf8, 1)}${"\0".repeat(23)}`;
  return `${start}${user}\0${int(proof.length, 1)}${proof}${named}${plugin}\0`;
}

/** Reads one; undefined: it is none that is known, as one that asks for TLS. */
export function loginIn(payload: string): Login | undefined {
  const can = intAt(payload, 0, 4);
  if (payload.length < 33 || !(can & protocol41)) return undefined;
  const { value: user, end } = endedAt(payload, 32);
  const proof = can & longAuth || can & secureConnection ? sizedAt(payload, end) : endedAt(payload, end);
  const database = can & connectsWithDatabase ? endedAt(payload, proof.end) : undefined;
  const plugin = can & pluginAuth ? endedAt(payload, database?.end ?? proof.end).value : "mysql_native_password";
  return { user, proof: proof.value, database: database?.value || undefined, plugin };
}

/** Has the client show by another plugin that it knows the password. */
export function switchText(plugin: AuthPlugin, nonce: string): string {
  return `${hasEnded}${plugin}\0${nonce}\0`;
}

/** Reads one; undefined: it is none. */
export function switchIn(payload: string): { readonly plugin: string; readonly nonce: string } | undefined {
  if (payload[0] !== hasEnded) return undefined;
  const { value: plugin, end } = endedAt(payload, 1);
  return { plugin, nonce: payload.slice(end, end + 20) };
}

/** The password was right: said before all is well, where the plugin has it so. */
export const knownAlready = "\x01\x03";

/** Why something was not done, as a packet. */
export function errorText({ number, state, message }: SqlError): string {
  return `${hasFailed}${int(number, 2)}#${state}${message}`;
}

/** What a statement came to, as packets. */
export function answerTexts(answer: Answer, isLast = true): string[] {
  const status = int(isLast ? 2 : 10, 2);
  if (!("columns" in answer)) {
    return [`${isOk}${sizedInt(answer.changed)}${sizedInt(answer.insertId ?? 0)}${status}${int(0, 2)}`];
  }
  const { columns, rows } = answer;
  const end = `${hasEnded}${int(0, 2)}${status}`;
  const named = columns.map((name, place) => {
    const type = typeOf(rows.map((row) => row[place] ?? null));
    const about = `${int(utf8, 2)}${int(1024, 4)}${int(type, 1)}${int(0, 2)}${int(type === types.broken ? 31 : 0, 1)}`;
    return `${sized("def")}${sized("")}${sized("")}${sized("")}${sized(name)}${sized("")}\x0c${about}${int(0, 2)}`;
  });
  const told = rows.map((row) => row.map((value) => (value === null ? "\xfb" : sized(String(value)))).join(""));
  return [sizedInt(columns.length), ...named, end, ...told, end];
}

function typeOf(values: readonly Value[]): number {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || known.some((value) => typeof value === "string")) return types.text;
  return known.every((value) => Number.isInteger(value)) ? types.whole : types.broken;
}

/** What came of a statement, as a client reads it. */
export type Outcome =
  | {
      readonly sort: "rows";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | null)[])[];
    }
  | { readonly sort: "done"; readonly changed: number; readonly hasMore: boolean }
  | { readonly sort: "error"; readonly number: number; readonly state: string; readonly message: string };

/** Reads a packet that says that all is well, or what is not; undefined: it is neither. */
export function endIn(payload: string): Exclude<Outcome, { readonly sort: "rows" }> | undefined {
  if (payload[0] === hasFailed) {
    const hasState = payload[3] === "#";
    const state = hasState ? payload.slice(4, 9) : "HY000";
    return { sort: "error", number: intAt(payload, 1, 2), state, message: payload.slice(hasState ? 9 : 3) };
  }
  if (payload[0] !== isOk) return undefined;
  const { value: changed, end } = sizedIntAt(payload, 1);
  const { end: after } = sizedIntAt(payload, end);
  return { sort: "done", changed, hasMore: (intAt(payload, after, 2) & 8) !== 0 };
}

/** Whether a packet ends columns or rows. */
export function isEnd(payload: string): boolean {
  return payload[0] === hasEnded && payload.length < 9;
}

/** The name in the definition of a column. */
export function columnIn(payload: string): string {
  let at = 0;
  let value = "";
  for (let each = 0; each < 5; each++) ({ value, end: at } = sizedAt(payload, at));
  return value;
}

/** The fields of a row. */
export function rowIn(payload: string): (string | null)[] {
  const row: (string | null)[] = [];
  for (let at = 0; at < payload.length; ) {
    if (payload[at] === "\xfb") {
      row.push(null);
      at++;
      continue;
    }
    const { value, end } = sizedAt(payload, at);
    row.push(value);
    at = end;
  }
  return row;
}
