import { formatInstant } from "../time.ts";
import { isList, isMap, isSpecial, type Value } from "./values.ts";

/** The JSON that a value of an expression stands for; undefined where there is none. */
export function plainValue(value: Value): unknown {
  if (typeof value === "bigint") return Number(value);
  if (isList(value)) return value.map((each) => plainValue(each) ?? null);
  if (isMap(value)) {
    return Object.fromEntries([...value].map(([key, each]) => [String(key), plainValue(each) ?? null]));
  }
  if (!isSpecial(value)) return value;
  if (value.tag === "optional") return value.value === undefined ? undefined : plainValue(value.value);
  if (value.tag === "timestamp") {
    const [seconds, nanos] = [value.nanos / 1_000_000_000n, value.nanos % 1_000_000_000n];
    return formatInstant({ seconds: Number(seconds), nanos: Number(nanos) }, "time");
  }
  return value.tag === "duration" ? `${Number(value.nanos) / 1e9}s` : undefined;
}
