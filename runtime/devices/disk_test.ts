import { constants } from "node:fs";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, fc, property, test } from "../../properties/house/test.ts";
import { randomFrom } from "../core/random.ts";
import type { DeviceContext } from "./device.ts";
import { disk } from "./disk.ts";
import { diskModel } from "./disk_model.ts";
import type { DiskAnswer, DiskRequest } from "./messages.ts";

function contextOf(address: string): DeviceContext {
  return {
    address,
    incarnation: 0,
    permissions: {},
    random: randomFrom(1),
    uptimeMs: () => performance.now(),
    after: (delayMs, body) => void setTimeout(body, delayMs),
    push: () => {},
  };
}

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-disk-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function openDisk(folder: string, address: string) {
  const device = disk(folder).open(contextOf(address));
  const ask = (request: DiskRequest) =>
    new Promise<DiskAnswer>((resolve) => device.request(request, (answer) => resolve(answer as DiskAnswer), undefined));
  return { ask, close: device.close };
}

test("disk() keeps each actor's files in the folder of its address", () =>
  withFolder(async (folder) => {
    const { ask, close } = openDisk(folder, "store/0");
    assert.deepEqual(await ask({ op: "append", path: "log", data: "one ", sync: true }), { ok: true });
    assert.equal(await readFile(join(folder, "store/0/log"), "utf8"), "one ");
    assert.deepEqual(await ask({ op: "read", path: "absent" }), { ok: true });
    assert.deepEqual(await ask({ op: "list", path: "absent/" }), { ok: true, names: [] });
    close(false);
  }));

test("disk() serves requests in the order they came, appends that wait for each other as one", () =>
  withFolder(async (folder) => {
    const { ask, close } = openDisk(folder, "a");
    const data = Array.from({ length: 50 }, (_, i) => `${i};`);
    const appends = data.map((each) => ask({ op: "append", path: "log", data: each, sync: true }));
    const after = ask({ op: "read", path: "log" });
    assert.deepEqual(new Set((await Promise.all(appends)).map(({ ok }) => ok)), new Set([true]));
    assert.deepEqual(await after, { ok: true, data: data.join("") });
    close(false);
  }));

/** With which of its flags this process has a file open, by descriptor. */
async function flagsOf(file: string): Promise<number[]> {
  if (process.platform !== "linux") return [];
  const found: number[] = [];
  for (const fd of await readdir("/proc/self/fd")) {
    if ((await readlink(`/proc/self/fd/${fd}`).catch(() => "")) !== file) continue;
    const [, octal = ""] = /^flags:\s*(\d+)$/m.exec(await readFile(`/proc/self/fdinfo/${fd}`, "utf8")) ?? [];
    found.push(Number.parseInt(octal, 8));
  }
  return found;
}

test("disk() writes durably what is to be durable, and syncs what was written before without that", () =>
  withFolder(async (folder) => {
    const { ask, close } = openDisk(folder, "a");
    const isOpenDurably = async (path: string) =>
      (await flagsOf(join(folder, "a", path))).some((flags) => (flags & constants.O_DSYNC) !== 0);
    await ask({ op: "append", path: "log", data: "one;", sync: true });
    assert.equal(await isOpenDurably("log"), process.platform === "linux");
    await ask({ op: "append", path: "loose", data: "one;", sync: false });
    await ask({ op: "append", path: "loose", data: "two;", sync: true });
    assert.equal(await isOpenDurably("loose"), false);
    await ask({ op: "append", path: "loose", data: "three;", sync: true });
    assert.equal(await isOpenDurably("loose"), process.platform === "linux");
    assert.deepEqual(await ask({ op: "read", path: "loose" }), { ok: true, data: "one;two;three;" });
    close(false);
  }));

test("disk() replaces a file whole and leaves no other file behind", () =>
  withFolder(async (folder) => {
    const { ask, close } = openDisk(folder, "a");
    await ask({ op: "append", path: "snapshot", data: "old", sync: true });
    await ask({ op: "replace", path: "snapshot", data: "new" });
    await ask({ op: "append", path: "snapshot", data: "er", sync: false });
    assert.deepEqual(await ask({ op: "read", path: "snapshot" }), { ok: true, data: "newer" });
    assert.deepEqual(await readdir(join(folder, "a")), ["snapshot"]);
    close(false);
  }));

test("disk() answers what the system refuses as a value", () =>
  withFolder(async (folder) => {
    const { ask, close } = openDisk(folder, "a");
    await ask({ op: "append", path: "file", data: "x", sync: false });
    const answer = await ask({ op: "append", path: "file/below", data: "x", sync: false });
    assert.equal(answer.ok, false);
    assert.match((answer as { message: string }).message, /Cannot use "a\/file\/below" on the disk/);
    close(false);
  }));

test("disk() never leaves its folder, whatever the permissions say", () =>
  withFolder(async (folder) => {
    const { ask, close } = openDisk(join(folder, "disks"), "a");
    const answer = await ask({ op: "replace", path: "../../outside", data: "x" });
    assert.deepEqual([answer.ok, (answer as { code: string }).code], [false, "EACCES"]);
    assert.deepEqual(await readdir(folder), []);
    close(false);
  }));

test("disk() lets a new life begin only after the old one's last write", () =>
  withFolder(async (folder) => {
    const definition = disk(folder);
    const first = definition.open(contextOf("a"));
    for (let i = 0; i < 20; i++) {
      first.request({ op: "append", path: "log", data: "x".repeat(10_000), sync: true }, () => {}, undefined);
    }
    first.close(false);
    const second = definition.open(contextOf("a"));
    const answer = await new Promise<DiskAnswer>((resolve) =>
      second.request({ op: "read", path: "log" }, (any) => resolve(any as DiskAnswer), undefined),
    );
    assert.equal((answer as { data: string }).data.length, 200_000);
    second.close(false);
  }));

const path = fc.constantFrom("log", "snapshot", "old/log");
const data = fc.string({ unit: "grapheme", maxLength: 8 });
const requests = fc.array(
  fc.oneof(
    fc.record({ op: fc.constant("append" as const), path, data, sync: fc.boolean() }),
    fc.record({ op: fc.constant("replace" as const), path, data }),
    fc.record({ op: fc.constant("read" as const), path }),
    fc.record({ op: fc.constant("remove" as const), path }),
    fc.record({ op: fc.constant("list" as const), path: fc.constantFrom("", "old/", "l") }),
  ),
  { maxLength: 12 },
);

property(
  "disk() answers what the model answers",
  [requests],
  (list) =>
    withFolder(async (folder) => {
      const model = diskModel({ accessMs: 0, syncMs: 0 }).open(contextOf("a"));
      const real = openDisk(folder, "a");
      for (const request of list) {
        const expected = await new Promise((resolve) => model.request(request, resolve, undefined));
        assert.deepEqual(await real.ask(request), expected);
      }
      real.close(false);
    }),
  { runs: 25 },
);

property(
  "disk() cuts a file to its first characters, however many bytes they take",
  [fc.string({ unit: fc.constantFrom("a", "é", "漢"), maxLength: 20 }), fc.nat(25)],
  (text, size) =>
    withFolder(async (folder) => {
      const { ask, close } = openDisk(folder, "a");
      await ask({ op: "replace", path: "log", data: text });
      await ask({ op: "truncate", path: "log", size });
      await ask({ op: "append", path: "log", data: "!", sync: false });
      assert.deepEqual(await ask({ op: "read", path: "log" }), { ok: true, data: `${text.slice(0, size)}!` });
      close(false);
    }),
  { runs: 15 },
);
