import { assert, test } from "../../properties/house/test.ts";
import { storeStage } from "../../properties/stages/store/store_stage.ts";
import type { StoreError } from "./messages.ts";

test("a replica that was removed refuses, and says why, until it is a member again", () => {
  const stage = storeStage();
  const { simulation, members, leader, put, ask, awaitLeader } = stage;
  assert.ok(awaitLeader());
  const first = leader() as string;
  const gone = members.find((member) => member !== first) as string;
  assert.equal(ask(first, { type: "store.member", action: "remove", id: gone }).type, "store.member.ok");
  simulation.advance(5_000);
  const text = `Cannot ask the store: this replica was removed from the group, ask again later or ask another replica`;
  const write = put(gone, "k", "v") as StoreError;
  assert.deepEqual([write.code, write.message], ["unavailable", text]);
  const read = ask(gone, { type: "store.range", key: "k" }) as StoreError;
  assert.deepEqual([read.code, read.message], ["unavailable", text]);
  // The group goes on, and no vote of the one that was removed disturbs it.
  assert.equal(leader(), first);
  assert.equal(put(first, "k", "v").type, "store.txn.ok");

  assert.equal(ask(first, { type: "store.member", action: "add", id: gone }).type, "store.member.ok");
  simulation.advance(2_000);
  assert.equal(ask(gone, { type: "store.range", key: "k" }).type, "store.range.ok");
});

test("a replica that is cut off does not say that it was removed", () => {
  const stage = storeStage();
  const { simulation, members, leader, put, awaitLeader } = stage;
  assert.ok(awaitLeader());
  const alone = leader() as string;
  const to = members.filter((member) => member !== alone);
  simulation.faults.begin({ kind: "partition", parameters: { from: [alone], to } });
  simulation.advance(5_000);
  const { message } = put(alone, "k", "v") as StoreError;
  assert.match(message, /no leader is known/);
});
