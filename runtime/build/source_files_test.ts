import { createRequire } from "node:module";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { absolutePath, portablePath, projectRoot } from "./source_files.ts";

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
