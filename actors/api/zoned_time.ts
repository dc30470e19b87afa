import { CronDate } from "croner";

/** An instant as RFC 3339 with the offset that a time zone has then: `2026-03-08T03:00:00-04:00`; in UTC with `Z`. */
export function formatInZone(ms: number, timeZone: string): string {
  const { year, month, day, hour, minute, second } = new CronDate(new Date(ms), timeZone);
  const wallMs = Date.UTC(year, month, day, hour, minute, second);
  const offsetMinutes = Math.round((wallMs - ms) / 60_000);
  const wall = new Date(wallMs).toISOString().slice(0, 19);
  if (offsetMinutes === 0) return `${wall}Z`;
  const two = (number: number) => String(number).padStart(2, "0");
  const minutes = Math.abs(offsetMinutes);
  return `${wall}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
