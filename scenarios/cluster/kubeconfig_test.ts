import { mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
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

test("writeKubeconfig() leaves alone what may be somebody's, even what it cannot read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    const path = join(folder, "kubeconfig");
    await symlink(path, path);
    await assert.rejects(writeKubeconfig(path, "new"), { name: "InputError", message: /cannot be read \(ELOOP\)/ });
    await rm(path);
    await writeFile(path, "clusters: []\nusers: [{name: me, user: {token: t}}]\n");
    await assert.rejects(writeKubeconfig(path, "new"), { name: "InputError", message: /it holds something else/ });
  } finally {
    await rm(folder, { recursive: true });
  }
});
