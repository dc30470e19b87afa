import { parseTime } from "../../../api/time.ts";

/** A length of time as a person reads it: at most two units, coarser the longer it is (`45s`, `3m20s`, `5h`, `2y45d`). */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, "m", { rest: seconds % 60, unit: "s" });
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, "h", { rest: minutes % 60, unit: "m" });
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return withRest(days, "d", { rest: hours % 24, unit: "h" });
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  if (years < 8) return withRest(years, "y", { rest: days % 365, unit: "d" });
  return `${years}y`;
}

function withRest(count: number, unit: string, { rest, unit: restUnit }: { rest: number; unit: string }): string {
  return rest === 0 ? `${count}${unit}` : `${count}${unit}${rest}${restUnit}`;
}

/** How long ago a Time was. */
export function ageOf(time: string | undefined, nowMs: number): string {
  const atMs = time === undefined ? undefined : parseTime(time);
  return atMs === undefined ? "<unknown>" : humanDuration(nowMs - atMs);
}
