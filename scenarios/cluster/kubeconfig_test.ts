import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { clusterCredentials } from "./certificates.ts";
import { kubeconfigText, writeKubeconfig } from "./kubeconfig.ts";

test("writeKubeconfig() touches no file that says the same already: a full disk has no room for a second one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    const path = join(folder, "kubeconfig");
    const text = kubeconfigText({ server: "https://127.0.0.1:6443", credentials: await clusterCredentials({}) });
    await writeKubeconfig(path, text);
    const { ino } = await stat(path);
    await writeKubeconfig(path, text);
    assert.equal((await stat(path)).ino, ino);
    assert.deepEqual(await readdir(folder), ["kubeconfig"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
