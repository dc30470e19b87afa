import { assert, test } from "../../properties/house/test.ts";
import { createDeadlines } from "./deadlines.ts";

test("createDeadlines() tells of what is not over in time, once, and looks no more when all is over", () => {
  let nowMs = 0;
  const looks: { atMs: number; look: () => void }[] = [];
  const late: string[] = [];
  const deadlines = createDeadlines<string>(
    { uptimeMs: () => nowMs, after: (delayMs, look) => void looks.push({ atMs: nowMs + delayMs, look }) },
    { withinMs: 5_000, late: (thing) => void late.push(`${thing} at ${nowMs}`) },
  );
  const goOn = (ms: number) => {
    for (const untilMs = nowMs + ms; (looks[0]?.atMs ?? untilMs + 1) <= untilMs; ) {
      const { atMs, look } = looks.shift() as (typeof looks)[number];
      nowMs = atMs;
      look();
    }
  };
  deadlines.begin("slow");
  deadlines.begin("quick");
  goOn(2_000);
  deadlines.begin("later");
  deadlines.end("quick");
  goOn(10_000);
  assert.deepEqual([late, looks], [["slow at 5000", "later at 7000"], []]);
});
