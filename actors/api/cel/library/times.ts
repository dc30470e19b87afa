import { type CelFunction, error, isSpecial, noOverload, type Value } from "../values.ts";

const nanosPerMs = 1_000_000n;
const msPerMinute = 60_000;
const msPerDay = 86_400_000;

/** How far a zone is from UTC; undefined where that is not known here. */
function offsetMs(zone: string): number | undefined {
  if (zone === "UTC" || zone === "Z" || zone === "") return 0;
  const [, sign, hours, minutes] = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone) ?? [];
  if (hours === undefined) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * msPerMinute;
}

/** A part of a moment, or of a span as a whole. */
function part(of: (date: Date) => number, ofSpanMs?: (ms: number) => number): CelFunction {
  return ([value, zone = ""]: readonly Value[]) => {
    if (value === undefined || !isSpecial(value) || !("nanos" in value) || typeof zone !== "string") return noOverload;
    const ms = Number(value.nanos / nanosPerMs);
    if (value.tag === "duration") return ofSpanMs ? BigInt(Math.trunc(ofSpanMs(ms))) : noOverload;
    const offset = offsetMs(zone);
    return offset === undefined ? error(`unknown time zone ${zone}`) : BigInt(of(new Date(ms + offset)));
  };
}

const dayOfYear = (date: Date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / msPerDay);

/** The parts of moments and spans, as the language has them: days of months count from 0, but for `getDate`. */
export const timeFunctions: readonly (readonly [string, CelFunction])[] = [
  ["getFullYear", part((date) => date.getUTCFullYear())],
  ["getMonth", part((date) => date.getUTCMonth())],
  ["getDate", part((date) => date.getUTCDate())],
  ["getDayOfMonth", part((date) => date.getUTCDate() - 1)],
  ["getDayOfWeek", part((date) => date.getUTCDay())],
  ["getDayOfYear", part(dayOfYear)],
  [
    "getHours",
    part(
      (date) => date.getUTCHours(),
      (ms) => ms / 3_600_000,
    ),
  ],
  [
    "getMinutes",
    part(
      (date) => date.getUTCMinutes(),
      (ms) => ms / msPerMinute,
    ),
  ],
  [
    "getSeconds",
    part(
      (date) => date.getUTCSeconds(),
      (ms) => ms / 1_000,
    ),
  ],
  [
    "getMilliseconds",
    part(
      (date) => date.getUTCMilliseconds(),
      (ms) => ms % 1_000,
    ),
  ],
];
