import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import { captureLine } from "../../properties/stages/cli/capture_line.ts";
import { type ClusterOptions, createCluster } from "./create_cluster.ts";
import { takeDataDir } from "./data_dir.ts";
import { storeOnDisk } from "./store_rescue.ts";

const topology = { nodes: 0, stores: 3, apiservers: 1, schedulers: 0, managers: 0 } as const;

test("a store that has lost a majority does not start before it is told how, and what it had is found again", async () => {
  await inFolder(async (folder) => {
    const dataDir = join(folder, "cluster");
    const backup = join(folder, "backup");
    await withCluster({ dataDir }, async (cluster) => {
      await create(cluster, "one");
      assert.match(
        (await captureLine("store", "backup", backup, "--data-dir", dataDir)).stdout,
        /^Wrote revision \d+ to /,
      );
      await create(cluster, "two");
    });
    assert.equal((await captureLine("store", "status", "--data-dir", dataDir)).code, 0);
    const members = await captureLine("store", "members", "--data-dir", dataDir);
    assert.match(members.stdout, /^(store\/\d {2}votes; whole, ends with entry \d+ of term \d+.*\n){3}$/);

    // One of three is rebuilt by itself.
    await rm(join(dataDir, "disks/store/0"), { recursive: true });
    await withCluster({ dataDir }, async (cluster) => {
      assert.deepEqual(await names(cluster), ["one", "two"]);
      while ((await storeOnDisk(dataDir)).whole.length < 3) await cluster.wait(100);
    });

    await rm(join(dataDir, "disks/store/1"), { recursive: true });
    const wal = join(dataDir, "disks/store/2/wal");
    const text = await readFile(wal, "utf8");
    await writeFile(wal, `${text.slice(0, 40)}#${text.slice(41)}`);
    const status = await captureLine("store", "status", "--data-dir", dataDir);
    assert.equal(status.code, 1);
    assert.match(status.stdout, /store\/0 {2}whole.*\n.*\nstore\/1 {2}.*member is missing\n.*\nstore\/2 {2}.*corrupt/);
    await assert.rejects(createCluster({ host: "pool", topology, dataDir }), {
      name: "InputError",
      message: new RegExp(
        `2 of its 3 replicas are lost or damaged.*${dataDir}/disks/store/1 \\(.*${dataDir}/disks/store/2 \\(.*troupe store restore FILE --data-dir ${dataDir}.*begin anew from store/0`,
      ),
    });

    const notes: string[] = [];
    const forced = { dataDir, forceNewCluster: true, onNote: (note: string) => void notes.push(note) };
    await withCluster(forced, async (cluster) => assert.deepEqual(await names(cluster), ["one", "two"]));
    assert.match(notes.at(-1) ?? "", /^Began anew from store\/0 at entry \d+; what only the others had is lost/);
    await withCluster({ dataDir }, async (cluster) => assert.deepEqual(await names(cluster), ["one", "two"]));
    await assert.rejects(createCluster({ host: "pool", topology, ...forced }), /a majority of its store is whole/);

    await rm(join(dataDir, "disks"), { recursive: true });
    await assert.rejects(createCluster({ host: "pool", topology, dataDir }), /3 of its 3 replicas are lost/);
    await assert.rejects(createCluster({ host: "pool", topology, ...forced }), /no replica of its store is whole/);
    const restored = await captureLine("store", "restore", backup, "--data-dir", dataDir);
    assert.match(restored.stdout, /^Restored revision \d+ to 3 replicas in /);
    await withCluster({ dataDir }, async (cluster) => assert.deepEqual(await names(cluster), ["one"]));
  });
});

test("troupe store refuses what it cannot do, and says why", async () => {
  await inFolder(async (folder) => {
    const store = (...line: readonly string[]) => captureLine("store", ...line, "--data-dir", folder);
    assert.match((await store("status")).stderr, /Cannot find a cluster in ".*": it has no cluster\.json/);
    assert.match((await store("mend")).stderr, /Cannot mend a store: there is no such action/);
    assert.match((await store("backup")).stderr, /no file is named/);
    assert.match((await store("restore", join(folder, "none"))).stderr, /Cannot read backup ".*none": ENOENT/);
    await writeFile(join(folder, "text"), "hello\n");
    assert.match((await store("restore", join(folder, "text"))).stderr, /Cannot restore ".*text": .*corrupt/);
    const taken = await takeDataDir(folder, { stores: 3 });
    assert.match((await store("restore", join(folder, "text"))).stderr, /runs a cluster in it/);
    await taken.release();
    await rm(join(folder, "disks/store/0"), { recursive: true });
    await rm(join(folder, "disks/store/1"), { recursive: true });
    assert.match(
      (await store("backup", join(folder, "b"))).stderr,
      /1 of its 3 replicas are whole, which is no majority/,
    );
  });
});

type ThreadCluster = Awaited<ReturnType<typeof createCluster>>;

async function withCluster(options: ClusterOptions, body: (cluster: ThreadCluster) => Promise<void>) {
  await using cluster = await createCluster({ host: "pool", topology, ...options });
  await body(cluster);
}

async function create({ api }: ThreadCluster, name: string) {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: {} };
  const answer = await api({ verb: "create", resource: "configmaps", namespace: "default", body });
  assert.equal(answer.code, 201);
}

async function names({ api }: ThreadCluster): Promise<readonly string[]> {
  const { body } = await api<{ items: readonly { metadata: { name: string } }[] }>({
    verb: "list",
    resource: "configmaps",
    namespace: "default",
  });
  return body.items.map(({ metadata }) => metadata.name);
}

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
