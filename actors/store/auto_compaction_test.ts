import { assert, test } from "../../properties/house/test.ts";
import { storeStage } from "../../properties/stages/store/store_stage.ts";
import type { AutoCompaction } from "./messages.ts";

const minuteMs = 60_000;

/** Writes once a second; how far the store is, and how far it has forgotten, each minute. */
function history(autoCompaction: AutoCompaction, minutes: number) {
  const stage = storeStage({ input: { autoCompaction } });
  const { simulation, leader, put, data, awaitLeader } = stage;
  assert.ok(awaitLeader());
  const found: [revision: number, compacted: number][] = [];
  for (let minute = 0; minute < minutes; minute++) {
    for (let second = 0; second < 60; second++) {
      assert.equal(put(leader() as string, `k${second % 7}`, `${minute}`).type, "store.txn.ok");
      simulation.runUntil(() => false, simulation.uptimeMs() + 1_000);
    }
    const { revision = 0, compactedRevision = 0 } = data(leader() as string)?.keyspace ?? {};
    found.push([revision, compactedRevision]);
  }
  return { found, stage };
}

test("a store forgets by itself what is older than it is to keep, and looks each five minutes", () => {
  const { found } = history({ revisions: 100 }, 11);
  const kept = found.map(([revision, compacted]) => (compacted === 0 ? "all" : revision - compacted));
  assert.deepEqual(kept.slice(0, 4), ["all", "all", "all", "all"]);
  for (const minute of [5, 10]) assert.ok(Number(kept[minute]) >= 100 && Number(kept[minute]) <= 160, kept.join());
});

test("a store keeps what was written in the time that it is to keep, also when another replica leads", () => {
  const { found, stage } = history({ ageMs: 2 * minuteMs }, 5);
  const kept = found.map(([revision, compacted]) => revision - compacted);
  // Looked at every twelve seconds.
  for (const each of kept.slice(2)) assert.ok(each >= 115 && each <= 140, kept.join());
  const { simulation, leader, awaitLeader, put, data } = stage;
  const before = data(leader() as string)?.keyspace.compactedRevision ?? 0;
  simulation.crashNow(leader() as string, "test");
  assert.ok(awaitLeader());
  simulation.advance(minuteMs);
  assert.equal(data(leader() as string)?.keyspace.compactedRevision, before);
  simulation.advance(2 * minuteMs);
  put(leader() as string, "k", "v");
  assert.ok((data(leader() as string)?.keyspace.compactedRevision ?? 0) > before);
});

test("a store that is told to keep both keeps what keeps more", () => {
  const { found } = history({ revisions: 10, ageMs: 2 * minuteMs }, 4);
  const [revision = 0, compacted = 0] = found.at(-1) ?? [];
  assert.ok(revision - compacted >= 115, `${revision} ${compacted}`);
});
