import { storeFaults } from "../../properties/arbitraries/store_faults.ts";
import { assert, fc, property } from "../../properties/house/test.ts";
import { judgeStore, playStore } from "../../properties/stages/store/store_judge.ts";

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

property(
  "a group at its quota keeps its promises under faults: all replicas refuse alike, and deletes are taken",
  [fc.integer(), storeFaults({ members })],
  (seed, faults) => {
    const input = { snapshotEntries: 8, quotaBytes: 24_000 };
    const stage = playStore({ seed, faults, input, keys: 12, length: 2_000, operations: 80, watchers: 0 });
    assert.equal(judgeStore(stage), undefined);
    const refusals = stage.clients().reduce((sum, client) => sum + client.refusals, 0);
    assert.ok(refusals > 0, "the quota was never reached");
    const remove = { op: "delete", key: "k/", end: "k0" } as const;
    const gone = stage.ask("store/1", { type: "store.txn", compare: [], success: [remove], failure: [] });
    assert.equal(gone.type, "store.txn.ok");
    assert.equal(stage.put("store/2", "k/new", "x".repeat(2_000)).type, "store.txn.ok");
  },
  { runs: 40 },
);
