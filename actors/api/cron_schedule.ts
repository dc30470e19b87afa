import { Cron } from "croner";

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

const durationPattern = /^@every\s+((?:\d+(?:\.\d+)?(?:h|m|s|ms|us|ns))+)$/;

/** Why a text is no schedule of a CronJob; undefined when it is one. */
export function scheduleError(schedule: string): string | undefined {
  const text = schedule.replace(/^(?:CRON_)?TZ=\S+\s+/, "");
  if (text.startsWith("@")) {
    if (text in words || durationPattern.test(text)) return undefined;
    return text.startsWith("@every ")
      ? `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(text.slice("@every ".length))}`
      : `unrecognized descriptor: ${text}`;
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
  try {
    parse(text);
    return undefined;
  } catch (error) {
    return `failed to parse schedule: ${error instanceof Error ? error.message : String(error)}`;
  }
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

/** The pattern alone: it starts nothing. */
function parse(text: string): Cron {
  return new Cron(words[text] ?? text, { paused: true, legacyMode: true, mode: "5-part" });
}
