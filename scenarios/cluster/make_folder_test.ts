import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { makeFolder } from "./make_folder.ts";

test("makeFolder() makes a folder with those above it, once or again", async () => {
  const root = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    const folder = join(root, "a", "b", "c");
    await Promise.all([makeFolder(folder), makeFolder(folder)]);
    await makeFolder(folder);
    assert.ok((await stat(folder)).isDirectory());
  } finally {
    await rm(root, { recursive: true });
  }
});

test("makeFolder() gives up where no folder can be made", async () => {
  await assert.rejects(makeFolder("/proc/none/below"));
});
