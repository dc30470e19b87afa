import { assert, test } from "../../properties/house/test.ts";
import type { Display } from "./display.ts";
import { clusterOptions } from "./up_cluster.ts";
import type { UpOptions } from "./up_options.ts";

test("rules follow Services at once where pods start at once, and within a second where they take as long as real ones", () => {
  const display = { note() {}, set() {}, end() {} } as unknown as Display;
  const of = (speed: UpOptions["speed"]) =>
    clusterOptions({ speed, unknownImages: "play" } as UpOptions, display).topology?.timings?.proxySyncMs;
  assert.deepEqual([of("fast"), of("real")], [50, undefined]);
});
