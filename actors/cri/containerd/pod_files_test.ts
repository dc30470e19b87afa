import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../../properties/house/test.ts";
import { podFiles } from "./pod_files.ts";

test("podFiles() reads the end of a container's last word, however long that is, and gives it its pod's names", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-files-"));
  const pod = { name: "web-0", namespace: "default", uid: "u", attempt: 0, hostNetwork: false };
  const status = { sandbox: "s", pod, ready: true, ip: "10.88.0.2", createdAtMs: 0 };
  const config = { name: "c", image: "i", attempt: 0, command: [], args: [], env: {}, domain: "web.default.svc" };
  try {
    const files = podFiles(join(folder, "c-0"), status, config);
    assert.equal(files.lastWord(), undefined);
    const [{ host_path: termination = "" } = {}, { host_path: hosts = "" } = {}] = files.mounts;
    await writeFile(termination, "no disk");
    assert.equal(files.lastWord(), "no disk");
    await writeFile(termination, `${"x".repeat(10_000)}the end`);
    assert.deepEqual([files.lastWord()?.length, files.lastWord()?.slice(-8)], [4_096, "xthe end"]);
    assert.match(await readFile(hosts, "utf8"), /^10\.88\.0\.2\tweb-0\.web\.default\.svc\tweb-0$/m);
    files.remove();
    assert.equal(files.lastWord(), undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
