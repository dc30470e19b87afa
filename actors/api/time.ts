/**
 * Times as the API writes them: RFC 3339 in UTC, whole seconds for Time and microseconds for MicroTime.
 */

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

let lastSecond = Number.NaN;
let lastText = "";

/** The Time of an instant: its fraction of a second is cut off. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  // Most stamps of one moment are equal; the cache holds one entry and cannot change an answer.
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}

/** The MicroTime of an instant. */
export function formatMicroTime(ms: number): string {
  const micros = Math.floor(ms * 1000);
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  return `${formatTime((micros - fraction) / 1000).slice(0, 19)}.${String(fraction).padStart(6, "0")}Z`;
}

/** The instant, in milliseconds since 1970, of a Time or MicroTime; `undefined` if the text is neither. */
export function parseTime(text: string): number | undefined {
  const parts = rfc3339.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHour, offsetMinute] = parts;
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const date = new Date(whole);
  // Date.UTC carries over what is too large (the 31st of June, the hour 25); such texts are no times.
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() + 1 !== Number(month)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offsetMs = sign === undefined ? 0 : (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return whole + Number(`0.${fraction || "0"}`) * 1000 - (sign === "-" ? -offsetMs : offsetMs);
}

/** The milliseconds from `since` (a Time) to `nowMs`; 0 if the text is absent or no time. */
export function elapsedMs(since: string | undefined, nowMs: number): number {
  if (since === undefined) return 0;
  const start = parseTime(since);
  return start === undefined ? 0 : nowMs - start;
}
