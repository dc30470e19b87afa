import { assert, test } from "../../../properties/house/test.ts";
import { storeStage } from "../../../properties/stages/store/store_stage.ts";
import { clusterDefault } from "../member.ts";
import { readDisk } from "./disk_image.ts";
import { groupOnDisk } from "./group_on_disk.ts";

test("groupOnDisk() tells who a group is made of from a disk, before and after snapshots and changes", () => {
  const { simulation, disk, members, put, ask, awaitLeader, leader } = storeStage({ input: { snapshotEntries: 10 } });
  assert.ok(awaitLeader());
  const first = leader() as string;
  const groupOf = (self: string) => {
    const image = readDisk({ cluster: clusterDefault, self }, (path) => disk.durable(self, path));
    const { voters, learners } = groupOnDisk(image, members);
    return [[...voters].sort(), learners];
  };
  assert.deepEqual(groupOf(first), [members, []]);
  const gone = members.find((member) => member !== first) as string;
  const left = members.filter((member) => member !== gone);
  ask(first, { type: "store.member", action: "remove", id: gone });
  simulation.advance(100);
  assert.deepEqual(groupOf(first), [left, []]);
  for (let i = 0; i < 30; i++) put(first, `k${i}`, "v");
  simulation.advance(1_000);
  assert.deepEqual(groupOf(first), [left, []]);
  ask(first, { type: "store.member", action: "add", id: gone });
  simulation.advance(100);
  assert.deepEqual(groupOf(first), [left, [gone]]);
});
