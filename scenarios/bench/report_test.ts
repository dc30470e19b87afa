import { assert, test } from "../../properties/house/test.ts";
import { median } from "./benchmark.ts";
import { tableOf } from "./report.ts";

test("tableOf() puts each figure beside its budget", () => {
  const table = tableOf([
    { what: "time to Ready", value: 1.5, unit: "s", budget: 2, better: "less" },
    { what: "events", value: 1_234_567, unit: "/s", budget: 300_000, better: "more" },
    { what: "messages", value: 42.25, unit: "/s", better: "more" },
  ]);
  assert.deepEqual(table.split("\n"), [
    "what              measured       budget  of budget",
    "time to Ready       1.50 s     < 2.00 s       75 %",
    "events         1,234,567/s  > 300,000/s      412 %",
    "messages            42.3/s                        ",
    "",
  ]);
});

test("median() is the middle one", () => {
  assert.equal(median([9, 1, 5]), 5);
});
