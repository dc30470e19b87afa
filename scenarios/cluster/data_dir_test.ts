import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { takeDataDir } from "./data_dir.ts";

test("takeDataDir() lets one cluster at a time have a folder", async () => {
  await inFolder(async (folder) => {
    const first = await takeDataDir(folder, { stores: 3 });
    assert.equal(first.isUsed, false);
    await assert.rejects(takeDataDir(folder, { stores: 3 }), {
      name: "InputError",
      message: new RegExp(`process ${process.pid} runs a cluster in it, .* remove ${folder}/lock\\.${process.pid}\\.`),
    });
    await first.release();
    const second = await takeDataDir(folder, { stores: 3 });
    assert.equal(second.isUsed, true);
    assert.equal(second.cluster, first.cluster);
    await second.release();
  });
});

test("takeDataDir() makes the disks of all replicas once, for its owner alone", async () => {
  await inFolder(async (folder) => {
    const taken = await takeDataDir(folder, { stores: 3 });
    await taken.release();
    const disk = join(taken.disks, "store", "2");
    assert.deepEqual((await readdir(disk)).sort(), ["member", "reserve", "wal"]);
    const modes = await Promise.all(
      [folder, taken.disks, disk, join(disk, "wal"), join(folder, "cluster.json")].map(mode),
    );
    assert.deepEqual(modes, ["700", "700", "700", "600", "600"]);
    await rm(disk, { recursive: true });
    await (await takeDataDir(folder, { stores: 3 })).release();
    await assert.rejects(stat(disk), { code: "ENOENT" });
    await rm(taken.disks, { recursive: true });
    await (await takeDataDir(folder, { stores: 3 })).release();
    await assert.rejects(stat(taken.disks), { code: "ENOENT" });
  });
});

test("takeDataDir() knows a cluster by its disks when its description is gone, and makes none anew", async () => {
  await inFolder(async (folder) => {
    const first = await takeDataDir(folder, { stores: 3 });
    await first.release();
    await rm(join(folder, "cluster.json"));
    await rm(join(first.disks, "store", "1"), { recursive: true });
    const second = await takeDataDir(folder, { stores: 3 });
    await second.release();
    assert.deepEqual([second.cluster, second.isUsed], [first.cluster, true]);
    assert.deepEqual((await readdir(join(first.disks, "store"))).sort(), ["0", "2"]);
  });
});

test("takeDataDir() begins again where a process died before its cluster was made", async () => {
  await inFolder(async (folder) => {
    await mkdir(join(folder, "disks.part", "store", "0"), { recursive: true });
    const taken = await takeDataDir(folder, { stores: 1 });
    await taken.release();
    assert.deepEqual((await readdir(folder)).sort(), ["cluster.json", "disks"]);
  });
});

test("takeDataDir() refuses disks of which nobody knows the cluster", async () => {
  await inFolder(async (folder) => {
    await mkdir(join(folder, "disks", "store", "0"), { recursive: true });
    await writeFile(join(folder, "disks", "store", "0", "wal"), "");
    await assert.rejects(takeDataDir(folder, { stores: 1 }), /Cannot tell whose disks are in ".*disks"/);
  });
});

test("takeDataDir() refuses to start a cluster with another number of store replicas, and leaves it free", async () => {
  await inFolder(async (folder) => {
    await (await takeDataDir(folder, { stores: 3 })).release();
    await assert.rejects(takeDataDir(folder, { stores: 5 }), /has 3 store replicas, not 5, give --stores 3/);
    await (await takeDataDir(folder, { stores: 3 })).release();
  });
});

test("takeDataDir() refuses a folder whose description is broken", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "cluster.json"), "{");
    await assert.rejects(takeDataDir(folder, { stores: 3 }), {
      name: "InputError",
      message: /cluster\.json is broken, remove that file and give --stores as before/,
    });
  });
});

test("takeDataDir() refuses a folder of another version, and tells how to get its store out", async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, "cluster.json"), '{"version":1,"stores":3}');
    await assert.rejects(takeDataDir(folder, { stores: 3 }), {
      name: "InputError",
      message: /cluster\.json is of version 1, not 2, save its store by "troupe store backup" of who made it/,
    });
  });
});

test("takeDataDir() refuses a path that cannot be a folder", async () => {
  await inFolder(async (folder) => {
    const file = join(folder, "file");
    await writeFile(file, "");
    await assert.rejects(takeDataDir(join(file, "below"), { stores: 3 }), {
      name: "InputError",
      message: /^Cannot use data directory ".*": .*, choose another$/,
    });
  });
});

test("takeDataDir() without a path gives a temporary folder and removes it", async () => {
  const taken = await takeDataDir(undefined, { stores: 1 });
  assert.ok((await stat(taken.path)).isDirectory());
  await taken.release();
  await assert.rejects(stat(taken.path), { code: "ENOENT" });
});

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
