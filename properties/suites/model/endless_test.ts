import { assert, test } from "../../house/test.ts";
import { createEndlessJudge } from "./endless.ts";

const change = (atMs: number, by = "controller/job", key = "jobs/default/a") => ({
  ...{ version: 1, atMs, resource: "jobs", key, by },
});

test("createEndlessJudge() finds a loop that writes one object again and again, and not one that does so now and then", () => {
  const judge = createEndlessJudge((address) => address.startsWith("controller/"));
  for (let nth = 0; nth < 500; nth++) assert.equal(judge(change(nth * 20)), undefined);
  for (let nth = 0; nth < 500; nth++) assert.equal(judge(change(20_000 + nth, "driver")), undefined);
  for (let nth = 0; nth < 500; nth++)
    assert.equal(judge(change(20_000, "controller/job", `jobs/default/${nth}`)), undefined);
  const found = Array.from({ length: 200 }, (_each, nth) => judge(change(30_000 + nth))).find((each) => each);
  assert.equal(found, "controller/job wrote jobs/default/a 101 times in 100 ms");
});
