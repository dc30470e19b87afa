/**
 * Times as the API writes them: RFC 3339 in UTC, whole seconds for Time and microseconds for MicroTime.
 */

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** All days but the 31st, of years that are not written with leading zeros. */
const plainDay = "[1-9]\\d{3}-(?:(?:0[13-9]|1[0-2])-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
const plainSecond = `${plainDay}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d`;
const plain = { time: new RegExp(`^${plainSecond}Z$`), microTime: new RegExp(`^${plainSecond}\\.\\d{6}Z$`) };

/** Whether a text is sure to be what would be written for the time that it tells: nearly all are, and need no reading. */
export function isPlainTime(text: string, scalar: "time" | "microTime"): boolean {
  return plain[scalar].test(text);
}

const daySeconds = 86_400;
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
let [lastDay, lastSecond] = [Number.NaN, Number.NaN];
let [lastDate, lastText] = ["", ""];

/** The first and the last second that RFC 3339 can write. */
const [secondsMin, secondsMax] = [-62_167_219_200, 253_402_300_799];

/**
 * The Time of an instant: its fraction of a second is cut off. What no text can say, because somebody gave an object a
 * thousand million years to end, is the last instant that one can.
 */
export function formatTime(ms: number): string {
  const second = Math.min(Math.max(Math.floor(ms / 1000), secondsMin), secondsMax);
  // Most stamps of one moment are equal, and nearly all are of one day; what is kept cannot change an answer.
  if (second === lastSecond) return lastText;
  const day = Math.floor(second / daySeconds);
  if (day !== lastDay) {
    lastDate = new Date(day * daySeconds * 1000).toISOString().slice(0, 11);
    lastDay = day;
  }
  const left = second - day * daySeconds;
  const minutes = Math.floor(left / 60);
  lastText = `${lastDate}${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[left % 60]}Z`;
  lastSecond = second;
  return lastText;
}

/** The MicroTime of an instant. */
export function formatMicroTime(ms: number): string {
  const micros = Math.floor(ms * 1000);
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  return `${formatTime((micros - fraction) / 1000).slice(0, 19)}.${String(fraction).padStart(6, "0")}Z`;
}

/** An instant with all the digits that a text of it has. */
export interface Instant {
  /** Since 1970; negative before. */
  readonly seconds: number;
  /** Into the second. */
  readonly nanos: number;
}

/** The instant of a Time or MicroTime; `undefined` if the text is neither. */
export function parseInstant(text: string): Instant | undefined {
  const parts = rfc3339.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHour, offsetMinute] = parts;
  const date = new Date(0);
  // Date.UTC would take the years before 100 for years of the last century.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // It carries over what is too large (the 31st of June); such texts are no times.
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() + 1 !== Number(month)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(offsetHour ?? 0) > 24 || Number(offsetMinute ?? 0) > 59) return undefined;
  const offset = sign === undefined ? 0 : (Number(offsetHour) * 60 + Number(offsetMinute)) * 60;
  const local = date.getTime() / 1000 + (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const seconds = local - (sign === "-" ? -offset : offset);
  if (seconds < secondsMin || seconds > secondsMax) return undefined;
  return { seconds, nanos: Number(fraction.slice(0, 9).padEnd(9, "0")) };
}

/** An instant as a Time or as a MicroTime: what is finer is cut off. */
export function formatInstant({ seconds, nanos }: Instant, scalar: "time" | "microTime"): string {
  const text = formatTime(seconds * 1000);
  if (scalar === "time") return text;
  return `${text.slice(0, -1)}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}Z`;
}

/** The instant, in milliseconds since 1970, of a Time or MicroTime; `undefined` if the text is neither. */
export function parseTime(text: string): number | undefined {
  const instant = parseInstant(text);
  return instant && instant.seconds * 1000 + instant.nanos / 1e6;
}

/** The milliseconds from `since` (a Time) to `nowMs`; 0 if the text is absent or no time. */
export function elapsedMs(since: string | undefined, nowMs: number): number {
  if (since === undefined) return 0;
  const start = parseTime(since);
  return start === undefined ? 0 : nowMs - start;
}
