import fs, { constants } from "node:fs";
import promises from "node:fs/promises";
import { promisify } from "node:util";
import { assert, test } from "../../../../properties/house/test.ts";
import type { PermissionNeed } from "../../../../runtime/core/permissions.ts";
import { guardedFiles } from "./guarded_files.ts";

class Refused extends Error {}

/** What a call needs: each is noted, and would be refused. */
function needsOf(call: (files: typeof fs) => unknown): string[] {
  const needs: string[] = [];
  const note = ({ name, scope }: PermissionNeed) => void needs.push(`${name} ${scope}`);
  const refuse = () => {
    throw new Refused();
  };
  const stub = Object.fromEntries(Object.keys(fs).map((key) => [key, () => {}]));
  call(guardedFiles({ ...stub, constants }, note) as typeof fs);
  const refused = () => call(guardedFiles({ ...stub, constants }, refuse) as typeof fs);
  if (needs.length > 0) assert.throws(refused, Refused);
  return needs;
}

test("guardedFiles() tells reading from writing, by function and by flags", () => {
  const { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } = constants;
  const calls: [(files: typeof fs) => unknown, string[]][] = [
    [(files) => files.readFileSync("/a/../b"), ["read /b"]],
    [(files) => files.readFileSync(new URL("file:///b%20c"), "utf8"), ["read /b c"]],
    [(files) => files.readFileSync(Buffer.from("/b"), { flag: "a+" }), ["read /b", "write /b"]],
    [(files) => files.readFileSync(3), []],
    [(files) => files.writeFileSync("/b", ""), ["write /b"]],
    [(files) => files.renameSync("/a", "/b"), ["write /a", "write /b"]],
    [(files) => files.copyFileSync("/a", "/b"), ["read /a", "write /b"]],
    [(files) => files.symlinkSync("../c", "/a/b"), ["read /c", "write /a/b"]],
    [(files) => files.open("/b", () => {}), ["read /b"]],
    [(files) => files.openSync("/b", "r+"), ["read /b", "write /b"]],
    [(files) => files.openSync("/b", "wx"), ["write /b"]],
    [(files) => files.openSync("/b", O_RDONLY), ["read /b"]],
    [(files) => files.openSync("/b", O_RDONLY | O_CREAT), ["read /b", "write /b"]],
    [(files) => files.openSync("/b", O_WRONLY), ["write /b"]],
    [(files) => files.openSync("/b", O_RDWR), ["read /b", "write /b"]],
    [(files) => files.createReadStream("/b", { flags: "w" }), ["write /b"]],
    [(files) => files.createReadStream("/b", "utf8"), ["read /b"]],
    [(files) => files.closeSync(3), []],
  ];
  for (const [call, needs] of calls) assert.deepEqual(needsOf(call), needs, String(call));
});

test("guardedFiles() refuses by every way that leads to a function, and rejects where promises are given", async () => {
  const refuse = () => {
    throw new Refused();
  };
  const files = guardedFiles(fs as unknown as Record<string, unknown>, refuse) as typeof fs;
  assert.throws(() => files.realpathSync.native("/"), Refused);
  assert.throws(() => files.exists.call(undefined, "/", () => {}), Refused);
  assert.throws(() => promisify(files.exists)("/"), Refused);
  await assert.rejects(promisify(files.readFile)("/"), Refused);
  await assert.rejects(files.promises.readdir("/"), Refused);
  const own = guardedFiles(promises as unknown as Record<string, unknown>, refuse) as typeof promises;
  await assert.rejects(own.open("/"), Refused);
  assert.deepEqual([Object.isFrozen(files), "ReadStream" in files, files.constants], [true, false, constants]);
});

test("guardedFiles() knows every function of node:fs, or does not give it", () => {
  const files = guardedFiles(fs as unknown as Record<string, unknown>, () => {}) as Record<string, unknown>;
  const withheld = Object.keys(fs).filter((key) => !(key in files) && typeof Reflect.get(fs, key) === "function");
  const known = /^(_toUnixTimestamp|(File)?(Read|Write)Stream|glob(Sync)?|mkdtempDisposableSync|Utf8Stream)$/;
  assert.deepEqual(
    withheld.filter((key) => !known.test(key)),
    [],
  );
});
