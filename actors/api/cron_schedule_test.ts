import { mock } from "node:test";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { parseSchedule, scheduleError } from "./cron_schedule.ts";
import { formatInZone } from "./zoned_time.ts";

const startMs = Date.UTC(2026, 0, 1);

/** The next times of a schedule, without seconds. */
function next(schedule: string, from: string, { timeZone, count = 3 }: { timeZone?: string; count?: number } = {}) {
  const parsed = parseSchedule(schedule, timeZone);
  const times: string[] = [];
  for (let ms = Date.parse(from); times.length < count; ) {
    const found = parsed?.nextMs(ms);
    if (found === undefined) break;
    times.push(new Date(found).toISOString().slice(0, 16));
    ms = found;
  }
  return times;
}

test("parseSchedule() reads fields as Kubernetes does", () => {
  const from = "2026-03-08T05:10:00Z";
  assert.deepEqual(next("5/20 * * * ?", from), ["2026-03-08T05:25", "2026-03-08T05:45", "2026-03-08T06:05"]);
  assert.deepEqual(next("0 9-17/4 * * MON-fri", from), ["2026-03-09T09:00", "2026-03-09T13:00", "2026-03-09T17:00"]);
  assert.deepEqual(next("@weekly", from), ["2026-03-15T00:00", "2026-03-22T00:00", "2026-03-29T00:00"]);
  assert.deepEqual(next("@every 1h30m", from), ["2026-03-08T06:40", "2026-03-08T08:10", "2026-03-08T09:40"]);
  // Day of the month or day of the week, where neither is a star; both, where one is.
  assert.deepEqual(next("0 0 14 * 5", from), ["2026-03-13T00:00", "2026-03-14T00:00", "2026-03-20T00:00"]);
  assert.deepEqual(next("0 0 */1 * 5", from), ["2026-03-13T00:00", "2026-03-20T00:00", "2026-03-27T00:00"]);
  assert.deepEqual(next("0 0 31 2 *", from), []);
});

test("parseSchedule() leaves out what daylight saving leaves out, and does twice what it has twice", () => {
  const timeZone = "America/New_York";
  assert.deepEqual(next("30 2 * * *", "2026-03-07T12:00:00Z", { timeZone, count: 1 }), ["2026-03-09T06:30"]);
  const twice = ["2026-11-01T05:30", "2026-11-01T06:30", "2026-11-02T06:30"];
  assert.deepEqual(next("30 1 * * *", "2026-10-31T12:00:00Z", { timeZone }), twice);
  const hourly = ["2026-03-08T06:00", "2026-03-08T07:00", "2026-03-08T08:00"];
  assert.deepEqual(next("0 * * * *", "2026-03-08T05:10:00Z", { timeZone }), hourly);
  assert.deepEqual(next("TZ=Asia/Kolkata 0 0 * * *", "2026-03-08T05:10:00Z", { count: 1 }), ["2026-03-08T18:30"]);
});

test("parseSchedule() answers by the instants that it is given, whatever the machine's clock says", () => {
  const ask = (nowMs: number) => {
    mock.timers.enable({ apis: ["Date"], now: nowMs });
    try {
      return [
        next("30 1 * * *", "2026-10-31T12:00:00Z", { timeZone: "Europe/Berlin" }),
        next("*/7 * 1 * *", "2026-03-08T05:10:00Z"),
      ];
    } finally {
      mock.timers.reset();
    }
  };
  assert.deepEqual(ask(0), ask(Date.UTC(2099, 5, 5)));
});

const field = (min: number, max: number) =>
  fc.oneof(
    fc.constant("*"),
    fc.integer({ min: 2, max: 9 }).map((step) => `*/${step}`),
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((all) => all.join(",")),
  );

property(
  "parseSchedule() finds the first minute that fits",
  [field(0, 59), field(0, 23), field(0, 6), fc.nat(10_000)],
  (minute, hour, weekday, from) => {
    const fits = (text: string, value: number) =>
      text === "*" ||
      (text.startsWith("*/") ? value % Number(text.slice(2)) === 0 : text.split(",").map(Number).includes(value));
    const isDue = (at: Date) =>
      fits(minute, at.getUTCMinutes()) && fits(hour, at.getUTCHours()) && fits(weekday, at.getUTCDay());
    let ms = startMs + from * 60_000;
    const found = parseSchedule(`${minute} ${hour} * * ${weekday}`)?.nextMs(ms + 5_000);
    do ms += 60_000;
    while (!isDue(new Date(ms)));
    assert.equal(found, ms);
  },
  { runs: 50 },
);

test("scheduleError() says what is wrong with a schedule in Kubernetes' words", () => {
  const wrong = {
    "every day": "expected exactly 5 fields, found 2: [every day]",
    "60 * * * *": "end of range (60) above maximum (59): 60",
    "* * 0 * *": "beginning of range (0) below minimum (1): 0",
    "* * * * 7": "end of range (7) above maximum (6): 7",
    "9-5 * * * *": "beginning of range (9) beyond end of range (5): 9-5",
    "*/0 * * * *": "step of range should be a positive number: */0",
    "1/2/3 * * * *": "too many slashes: 1/2/3",
    "1-2-3 * * * *": "too many hyphens: 1-2-3",
    "x * * * *": 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax',
    "* * L * *": 'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax',
    "@sometimes": "unrecognized descriptor: @sometimes",
  };
  for (const [schedule, words] of Object.entries(wrong)) assert.equal(scheduleError(schedule), words);
  for (const schedule of ["5/15 * * * *", "0 0 ? * sun", "@every 5m", "0 0 1-31/40 jan,DEC *"]) {
    assert.equal(scheduleError(schedule), undefined, schedule);
  }
});

test("formatInZone() gives the offset of the season", () => {
  assert.equal(formatInZone(startMs, "UTC"), "2026-01-01T00:00:00Z");
  assert.equal(formatInZone(startMs, "America/New_York"), "2025-12-31T19:00:00-05:00");
  assert.equal(formatInZone(Date.UTC(2026, 6, 1), "America/New_York"), "2026-06-30T20:00:00-04:00");
  assert.equal(formatInZone(startMs, "Asia/Kolkata"), "2026-01-01T05:30:00+05:30");
});
