import { assert, test } from "../../../properties/house/test.ts";
import { storeStage } from "../../../properties/stages/store/store_stage.ts";
import { clusterDefault } from "../member.ts";
import { lastIndex, lastTerm } from "../raft/log.ts";
import { diskOfBackup, encodeBackup, readBackup, takeBackup } from "./backup_file.ts";
import { applyLog, bestImage, type DiskImage, readDisk } from "./disk_image.ts";

/** The disks of a group that has written, with a snapshot and a log, and its keys as a replica has them. */
function writtenDisks() {
  const stage = storeStage({ input: { snapshotEntries: 10 } });
  const { simulation, disk, members, put, ask, awaitLeader, data } = stage;
  awaitLeader();
  for (let i = 0; i < 37; i++) put("store/0", `k${i % 9}`, `v${i}\n`);
  ask("store/0", { type: "store.txn", compare: [], success: [{ op: "delete", key: "k3" }], failure: [] });
  ask("store/0", { type: "store.compact", revision: 20 });
  simulation.advance(1_000);
  const imageOf = (self: string) => readDisk({ cluster: clusterDefault, self }, (path) => disk.durable(self, path));
  return { members, imageOf, dump: dumpOf(data("store/1")?.keyspace) };
}

function dumpOf(keyspace: DiskImage["keyspace"] | undefined): unknown {
  const all: unknown[] = [keyspace?.revision, keyspace?.compactedRevision, keyspace?.changes];
  keyspace?.keys.each("", undefined, (versions) => void all.push(versions));
  return all;
}

test("applyLog() makes of a replica's disk what the replica has", () => {
  const { members, imageOf, dump } = writtenDisks();
  for (const member of members) assert.deepEqual(dumpOf(applyLog(imageOf(member))), dump);
});

test("a backup gives itself back, and the disks that are made of it are whole and hold the same", () => {
  const { imageOf, dump } = writtenDisks();
  const image = imageOf("store/2");
  const backup = takeBackup(applyLog(image), lastTerm(image.log));
  const text = encodeBackup(backup);
  assert.deepEqual(readBackup(text, "file"), backup);
  const files = diskOfBackup(readBackup(text, "file"))("store/4", "new");
  const restored = readDisk({ cluster: "new", self: "store/4" }, (path) => files[path]);
  assert.deepEqual(dumpOf(restored.keyspace), dump);
  assert.equal(lastIndex(restored.log), backup.head.index);
});

test("readBackup() refuses what is no backup, is cut anywhere, or was altered", () => {
  const { imageOf } = writtenDisks();
  const image = imageOf("store/2");
  const text = encodeBackup(takeBackup(applyLog(image), lastTerm(image.log)));
  assert.throws(() => readBackup("", "f"), /Cannot read f: it is no backup of a store/);
  for (let cut = 1; cut < text.length; cut++) assert.throws(() => readBackup(text.slice(0, cut), "f"), /Cannot read f/);
  for (const at of [5, Math.floor(text.length / 2), text.length - 3]) {
    assert.throws(() => readBackup(`${text.slice(0, at)}~${text.slice(at + 1)}`, "f"), /Cannot read f/);
  }
});

test("bestImage() takes the longest log of the newest term", () => {
  const { imageOf } = writtenDisks();
  const image = imageOf("store/0");
  const shorter = { ...image, log: { ...image.log, snapshotIndex: image.log.snapshotIndex - 1 } };
  assert.equal(bestImage([shorter, image, shorter]), image);
  assert.equal(bestImage([]), undefined);
});

test("readDisk() says why a disk is not whole", () => {
  assert.throws(() => readDisk({ cluster: "c", self: "store/0" }, () => undefined), /the file member is missing/);
});
