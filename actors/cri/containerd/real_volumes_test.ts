import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../../properties/house/test.ts";
import type { VolumeOrder } from "../../computer/messages.ts";
import { realVolumes } from "./real_volumes.ts";

const folder = "/var/lib/kubelet/pods/uid";
const at = (name: string) => `${folder}/volumes/kind/${name}`;

async function withVolumes(body: (volumes: ReturnType<typeof realVolumes>, root: string) => Promise<void>) {
  const root = await mkdtemp(join(tmpdir(), "kubetroupe-volumes-"));
  try {
    await body(realVolumes({ folder: root, claimFolder: (handle) => join(root, "claims", handle) }), root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test("realVolumes() puts files in place of others at once, and removes a pod's volumes but not its claims", () =>
  withVolumes(async (volumes, root) => {
    const file = (path: string, data: string) => ({ path, data, mode: 0o640 });
    const prepare = (...orders: VolumeOrder[]) =>
      assert.deepEqual(volumes.request({ op: "PrepareVolumes", folder, volumes: orders }), {
        ok: true,
        value: undefined,
      });
    const pathOf = (name: string, subPath?: string) => {
      const found = volumes.find(
        { containerPath: "/x", hostPath: at(name), isReadOnly: false, ...(subPath ? { subPath } : {}) },
        undefined,
      );
      assert.ok(found.ok, JSON.stringify(found));
      return found.value;
    };
    prepare(
      { kind: "files", path: at("f"), files: [file("a", "1"), file("deep/b", "2")] },
      { kind: "disk", path: at("d"), driver: "d", volume: "claim", bytesMax: 1 },
      { kind: "empty", path: at("e") },
    );
    const files = pathOf("f");
    assert.equal(await readFile(join(files, "deep/b"), "latin1"), "2");
    assert.equal((await stat(join(files, "a"))).mode & 0o777, 0o640);
    assert.equal(await readFile(pathOf("f", "a"), "latin1"), "1");
    prepare({ kind: "files", path: at("f"), files: [file("a", "3")] });
    assert.equal(await readFile(join(files, "a"), "latin1"), "3");
    assert.deepEqual(
      (await readdir(files)).filter((name) => !name.startsWith("..2")),
      ["..data", "a"],
    );
    assert.deepEqual((await readdir(files)).length, 3);
    await writeFile(join(pathOf("d"), "kept"), "12345");
    const sizes = volumes.request({ op: "MeasureVolumes", folder });
    const size = sizes.ok ? sizes.value?.[at("d")] : undefined;
    assert.deepEqual([size?.usedBytes, size?.usedNodes], [5, 2]);
    assert.ok(size && size.capacityBytes > size.availableBytes && size.capacityNodes >= size.availableNodes);
    volumes.request({ op: "RemoveVolumes", folder });
    assert.deepEqual([volumes.has(folder), await readdir(join(root, "claims/claim"))], [false, ["kept"]]);
  }));

test("realVolumes() makes a part of a volume that is named, and lets none lead out of it", () =>
  withVolumes(async (volumes) => {
    volumes.request({ op: "PrepareVolumes", folder, volumes: [{ kind: "empty", path: at("e") }] });
    const find = (subPath: string) =>
      volumes.find({ containerPath: "/x", hostPath: at("e"), isReadOnly: false, subPath }, undefined);
    const made = find("new/part");
    assert.ok(made.ok && (await stat(made.value)).isDirectory());
    await symlink("/etc", join(made.value, "out"));
    assert.deepEqual(find("new/part/out"), { ok: false, failure: 'subpath "new/part/out" leads out of its volume' });
    const elsewhere = await mkdtemp(join(tmpdir(), "kubetroupe-elsewhere-"));
    await symlink(elsewhere, join(made.value, "link"));
    const through = { ok: false, failure: 'subpath "new/part/link/made/here" leads out of its volume' };
    assert.deepEqual(find("new/part/link/made/here"), through);
    assert.deepEqual(await readdir(elsewhere), [], "a folder was made where a container's link leads");
    await rm(elsewhere, { recursive: true });
    await symlink("part", join(made.value, "../same"));
    assert.deepEqual(find("new/same/deeper"), { ok: true, value: join(made.value, "deeper") });
    const missing = volumes.find({ containerPath: "/x", hostPath: at("nothing"), isReadOnly: false }, undefined);
    assert.equal(missing.ok, false);
  }));

test("realVolumes() looks whether this machine has what a pod says is there", () =>
  withVolumes(async (volumes, root) => {
    const host = (path: string, type: string) =>
      volumes.request({ op: "PrepareVolumes", folder, volumes: [{ kind: "host", path, type }] });
    assert.equal(host(join(root, "made"), "DirectoryOrCreate").ok, true);
    assert.equal(host(join(root, "made"), "").ok, true);
    const wrong = host(join(root, "made"), "File");
    assert.match(wrong.ok ? "" : wrong.failure.message, /hostPath type check failed: .*made is not a file/);
    assert.equal(host(join(root, "nothing"), "Directory").ok, false);
  }));
