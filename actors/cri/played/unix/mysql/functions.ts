import { SqlError } from "./sql_error.ts";
import { compareValues, type Expression, numberOf, type Scope, type Surroundings, type Value } from "./values.ts";
import { packetBytesMax } from "./wire.ts";

type Call = (around: Surroundings, given: readonly Value[]) => Value;

const calls: Readonly<Record<string, Call>> = {
  NOW: ({ nowMs }) => timeText(nowMs),
  CURRENT_TIMESTAMP: ({ nowMs }) => timeText(nowMs),
  SYSDATE: ({ nowMs }) => timeText(nowMs),
  CURDATE: ({ nowMs }) => timeText(nowMs).slice(0, 10),
  CURRENT_DATE: ({ nowMs }) => timeText(nowMs).slice(0, 10),
  UNIX_TIMESTAMP: ({ nowMs }) => Math.floor(nowMs / 1_000),
  VERSION: ({ version }) => version,
  DATABASE: ({ database }) => database ?? null,
  SCHEMA: ({ database }) => database ?? null,
  USER: ({ user }) => user,
  CURRENT_USER: ({ user }) => user.replace(/@.*/, "@%"),
  SESSION_USER: ({ user }) => user,
  CONNECTION_ID: ({ connection }) => connection,
  LAST_INSERT_ID: ({ lastInsertId }) => lastInsertId,
  CONCAT: (_, given) => concatenated(given),
  UPPER: (_, [text = null]) => (text === null ? null : String(text).toUpperCase()),
  LOWER: (_, [text = null]) => (text === null ? null : String(text).toLowerCase()),
  LENGTH: (_, [text = null]) => (text === null ? null : String(text).length),
  IFNULL: (_, [one = null, other = null]) => one ?? other,
  COALESCE: (_, given) => given.find((each) => each !== null) ?? null,
  IF: (_, [condition = null, one = null, other = null]) => (numberOf(condition) !== 0 ? one : other),
  ABS: (_, [value = null]) => (value === null ? null : Math.abs(numberOf(value))),
  ROUND: (_, [value = null]) => (value === null ? null : Math.round(numberOf(value))),
  SLEEP: () => 0,
};

/** As a real server: nothing comes of what is larger than a packet. */
function concatenated(given: readonly Value[]): Value {
  const length = given.reduce<number>((sum, each) => sum + String(each).length, 0);
  return given.includes(null) || length > packetBytesMax ? null : given.join("");
}

const overall: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  COUNT: (values) => values.length,
  SUM: (values) => (values.length === 0 ? null : values.reduce<number>((sum, each) => sum + numberOf(each), 0)),
  AVG: (values) =>
    values.length === 0 ? null : values.reduce<number>((sum, each) => sum + numberOf(each), 0) / values.length,
  MIN: (values) => [...values].sort(compareValues)[0] ?? null,
  MAX: (values) => [...values].sort(compareValues).at(-1) ?? null,
};

/** A call of a function that is known. */
export function callOf(name: string, given: readonly Expression[]): Expression {
  const upper = name.toUpperCase();
  const text = `${name}(${given.map((each) => each.text).join(", ")})`;
  const total = Object.hasOwn(overall, upper) ? overall[upper] : undefined;
  const [first] = given;
  if (total && first) {
    const of = ({ group = [] }: Scope) => total(group.map((each) => first.of(each)).filter((each) => each !== null));
    return { text, isOverall: true, of };
  }
  const call = Object.hasOwn(calls, upper) ? calls[upper] : undefined;
  if (!call) throw SqlError.unplayed(`the function ${name}`);
  const isOverall = given.some((each) => each.isOverall);
  return {
    text,
    isOverall,
    of: (scope) =>
      call(
        scope.around,
        given.map((each) => each.of(scope)),
      ),
  };
}

/** A time as it is told, to the second. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}
