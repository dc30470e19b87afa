import { storeFaults } from "../../properties/arbitraries/store_faults.ts";
import { judgeStore, playStore } from "../../properties/store_judge.ts";
import { assert, fc, property } from "../../properties/test.ts";

const members = ["store/0", "store/1", "store/2"];

property(
  "a group keeps its promises under faults, and comes to one state when they are healed",
  [fc.integer(), storeFaults({ members })],
  (seed, faults) => {
    assert.equal(judgeStore(playStore({ seed, faults })), undefined);
  },
  { runs: 40 },
);

property(
  "a group that cuts its log all the time keeps its promises under faults",
  [fc.integer(), storeFaults({ members })],
  (seed, faults) => {
    assert.equal(judgeStore(playStore({ seed, faults, input: { snapshotEntries: 8 } })), undefined);
  },
  { runs: 40 },
);
