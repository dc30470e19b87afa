import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { assert, scenario, test } from "../test.ts";
import { processorTimes, timesText } from "./processor_time.ts";

scenario("processorTimes() tells what a process cost, and those that it started", {}, async (context) => {
  if (process.platform !== "linux") return context.note("skipped: only Linux tells it this way");
  const times = await processorTimes(await context.folder());
  const here = import.meta.filename;
  const busy = "const until = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < until);";
  const child = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(busy)}]);`;
  await promisify(execFile)(process.execPath, [...times.execArgv, "-e", child, here]);
  const found = await times.read();
  assert.deepEqual([...found.keys()], [here]);
  assert.ok((found.get(here) ?? 0) >= 0.2, `${found.get(here)}`);
});

test("timesText() has the most costly process first, and the sum last", () => {
  const text = timesText(
    new Map([
      ["a_test.ts", 1.5],
      ["b_test.ts", 20],
    ]),
  );
  assert.equal(text, ["    20.00 s  b_test.ts", "     1.50 s  a_test.ts", "    21.50 s  all 2 processes"].join("\n"));
});
