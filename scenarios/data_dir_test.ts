import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../properties/test.ts";
import { takeDataDir } from "./data_dir.ts";

test("takeDataDir() lets one cluster at a time have a folder", async () => {
  await inFolder(async (folder) => {
    const first = await takeDataDir(folder, { stores: 3 });
    assert.equal(first.isUsed, false);
    await assert.rejects(takeDataDir(folder, { stores: 3 }), {
      name: "InputError",
      message: new RegExp(`process ${process.pid} runs a cluster in it`),
    });
    await first.release();
    const second = await takeDataDir(folder, { stores: 3 });
    assert.equal(second.isUsed, true);
    await second.release();
  });
});

test("takeDataDir() is not held up by what a killed process left behind", async () => {
  await inFolder(async (folder) => {
    // No process has this number: it is past the largest.
    await writeFile(join(folder, "lock"), "999999999");
    const taken = await takeDataDir(folder, { stores: 1 });
    await taken.release();
    assert.deepEqual(await readdir(folder), ["cluster.json"]);
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
      message: /cluster\.json is broken/,
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

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
