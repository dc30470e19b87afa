import { rm, stat, utimes, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { absolutePath, portablePath, projectRoot, stampsOf } from "./source_files.ts";

test("portablePath() tells a file of ours by its place below us, and absolutePath() finds it", () => {
  const path = join(projectRoot, "runtime/mod.ts");
  assert.equal(portablePath(path), "runtime/mod.ts");
  assert.equal(absolutePath("runtime/mod.ts"), path);
});

test("portablePath() tells a file of a package by its name, and absolutePath() finds it where Node does", () => {
  const path = createRequire(import.meta.url).resolve("comlink");
  assert.match(portablePath(path), /^npm:comlink\//);
  assert.equal(absolutePath(portablePath(path)), path);
});

test("portablePath() and absolutePath() hold for the place above us that a compiled package's maps lead to", () => {
  const path = join(projectRoot, "../sources/runtime/mod.ts");
  assert.equal(absolutePath(portablePath(path)), path);
});

test("absolutePath() gives a path where nothing is when a package is not installed", () => {
  assert.match(absolutePath("npm:not-installed/mod.js"), /node_modules.not-installed.mod\.js$/);
});

scenario("stampsOf() tells a file from what was there before it, but not one written just now", {}, async (context) => {
  const path = join(await context.folder(), "source.ts");
  await writeFile(path, "const a = 1;");
  const { atime, mtime, ctimeMs } = await stat(path);
  assert.equal(stampsOf([path], ctimeMs + 10), undefined);
  const first = stampsOf([path], ctimeMs + 2_000);
  assert.ok(first);
  assert.equal(stampsOf([path], ctimeMs + 3_000), first);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await writeFile(path, "const a = 2;");
  await utimes(path, atime, mtime);
  const second = stampsOf([path], ctimeMs + 5_000);
  assert.ok(second);
  assert.notEqual(second, first);
  await rm(path);
  assert.equal(stampsOf([path], ctimeMs + 5_000), undefined);
});
