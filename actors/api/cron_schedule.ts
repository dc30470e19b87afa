import { Cron } from "croner";
import { parseCronFields } from "./cron_fields.ts";

/** The words for whole schedules, and the schedules that they are. */
const words: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const everyPattern = /^@every\s+((?:\d+(?:\.\d+)?(?:h|ms|m|s|us|ns))+)$/;
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };
const zonePrefix = /^(?:CRON_)?TZ=(\S+)\s+/;
/** What has not come after so long never comes: the 31st of February. */
const searchMsMax = 5 * 366 * 86_400_000;

/** When something is due. */
export interface Schedule {
  /** The first time after an instant; undefined when there is none in five years. */
  nextMs(afterMs: number): number | undefined;
}

/** Why a text is no schedule of a CronJob; undefined when it is one. */
export function scheduleError(schedule: string): string | undefined {
  const text = schedule.replace(zonePrefix, "");
  if (text.startsWith("@")) {
    if (text in words || everyPattern.test(text)) return undefined;
    return text.startsWith("@every ")
      ? `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(text.slice("@every ".length))}`
      : `unrecognized descriptor: ${text}`;
  }
  const parsed = parseCronFields(text);
  return "error" in parsed ? parsed.error : undefined;
}

/**
 * The schedule that a CronJob has, in its time zone (default UTC). As in Kubernetes, what is due in an hour that a
 * clock leaves out in spring does not happen that day, and what is due in an hour that it has twice happens twice.
 * No clock is read: all follows from the instants that are given.
 */
export function parseSchedule(schedule: string, timeZone?: string): Schedule | undefined {
  if (scheduleError(schedule) !== undefined) return undefined;
  const zone = zonePrefix.exec(schedule)?.[1] ?? timeZone ?? "UTC";
  const text = schedule.replace(zonePrefix, "");
  const every = everyPattern.exec(text)?.[1];
  if (every !== undefined) return everySchedule(every);
  const parsed = parseCronFields(words[text] ?? text);
  if ("error" in parsed) return undefined;
  const place = zone === "UTC" ? { utcOffset: 0 } : { timezone: zone };
  // The plain form has steps everywhere, so that croner takes no schedule for one of fixed times, which it moves.
  const cron = new Cron(parsed.plain, { paused: true, domAndDow: false, mode: "5-part", ...place });
  return {
    nextMs(afterMs) {
      const next = cron.nextRun(new Date(afterMs))?.getTime();
      return next === undefined || next - afterMs > searchMsMax ? undefined : next;
    },
  };
}

/** Counted from whatever instant is given, in whole seconds, one at least. */
function everySchedule(duration: string): Schedule {
  let everyMs = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g)) {
    everyMs += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  }
  const delayMs = Math.max(1000, Math.floor(everyMs / 1000) * 1000);
  return { nextMs: (afterMs) => Math.floor(afterMs / 1000) * 1000 + delayMs };
}

/** Why a text is no time zone; undefined when it is one. */
export function timeZoneError(timeZone: string): string | undefined {
  if (timeZone === "") return "timeZone must be nil or non-empty string";
  if (timeZone.toLowerCase() === "local")
    return "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones";
  try {
    new Cron("0 0 1 1 *", { timezone: timeZone, paused: true }).nextRun(new Date(0));
    return undefined;
  } catch {
    return `unknown time zone ${timeZone}`;
  }
}
