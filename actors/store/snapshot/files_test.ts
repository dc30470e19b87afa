import { assert, test } from "../../../properties/house/test.ts";
import { storeStage } from "../../../properties/stages/store/store_stage.ts";
import { encodeRecord } from "../log/record.ts";
import { votersOnly } from "../raft/configuration.ts";
import { readManifest } from "./files.ts";

test("readManifest() reads manifests of before there were quotas, and of before they said who is in the group", () => {
  const old = readManifest(encodeRecord("M 10 3 8 2 1"));
  assert.deepEqual([old.index, old.parts, old.quotaBytes, old.isFull, old.configuration], [10, 1, 0, false, undefined]);
  const quota = readManifest(encodeRecord("M 10 3 8 2 1 1000 1"));
  assert.deepEqual([quota.quotaBytes, quota.isFull, quota.configuration], [1_000, true, undefined]);
});

test("a replica's snapshot says who is in the group, and a replica that starts from it knows", () => {
  const { simulation, disk, members, put, awaitLeader, data } = storeStage({ input: { snapshotEntries: 10 } });
  awaitLeader();
  for (let i = 0; i < 35; i++) put("store/0", `k${i}`, "v");
  simulation.advance(1_000);
  const manifest = readManifest(disk.durable("store/1", "snapshot") as string);
  assert.deepEqual(manifest.configuration, votersOnly(members));
  simulation.crashNow("store/1", "test");
  simulation.advance(1_000);
  assert.deepEqual(data("store/1")?.raft.configuration, votersOnly(members));
});
