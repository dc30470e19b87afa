import { mkdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { takeTemporaryFolder } from "./temporary_folder.ts";

test("takeTemporaryFolder() removes what processes left that are over, and nothing of those that live", async () => {
  const first = await takeTemporaryFolder();
  const [, names] = basename(first.folder).split(".");
  // No process has this number: it is past the largest.
  const abandoned = join(dirname(first.folder), `kubetroupe.${names}.999999999.17.abcdef`);
  await mkdir(join(abandoned, "disks"), { recursive: true });
  const elsewhere = join(dirname(first.folder), "kubetroupe.1.999999999.17.abcdef");
  await mkdir(elsewhere, { recursive: true });
  const second = await takeTemporaryFolder();
  await assert.rejects(stat(abandoned), { code: "ENOENT" });
  for (const kept of [first.folder, second.folder, elsewhere]) assert.ok((await stat(kept)).isDirectory());
  await rm(elsewhere, { recursive: true });
  for (const { folder, release } of [first, second]) {
    await release();
    await assert.rejects(stat(folder), { code: "ENOENT" });
  }
});
