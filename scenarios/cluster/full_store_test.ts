import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, test } from "../../properties/house/test.ts";
import type { AskApi } from "./api_access.ts";
import { createCluster } from "./create_cluster.ts";

/** With `OBJECTS=1000` the trial at its full size, with the quota that the machine's memory gives. */
const objects = Number(process.env.OBJECTS ?? 24);
const quota = process.env.OBJECTS === undefined ? { quotaBytes: 12 * 1024 * 1024 } : {};
const space = { resource: "configmaps", namespace: "default" } as const;

async function create(api: AskApi, name: string) {
  const object = { kind: "ConfigMap", metadata: { name }, data: { big: name.padEnd(900_000, "x") } };
  return api({ verb: "create", ...space, body: JSON.stringify(object) });
}

test("a cluster filled with objects of 900 KB refuses in etcd's words, and works on after deletes and a restart", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "full-store-"));
  const crashes: string[] = [];
  const options = {
    host: "thread",
    dataDir,
    topology: { nodes: 1, apiservers: 1, memory: quota },
    onCrash: ({ address, reason }: { address: string; reason: string }) => void crashes.push(`${address} ${reason}`),
  } as const;
  try {
    let written = 0;
    {
      await using cluster = await createCluster(options);
      for (let i = 0; i < objects; i++) {
        const { code, body } = await create(cluster.api, `big-${i}`);
        if (code === 201) {
          written++;
          continue;
        }
        assert.equal(code, 500);
        assert.match(JSON.stringify(body), /etcdserver: mvcc: database space exceeded/);
      }
      assert.ok(written > 0 && written < objects, `${written} of ${objects} were written`);
      process.stderr.write(`${written} of ${objects} objects of 900 KB were taken\n`);
      for (let i = 0; i < 5; i++) {
        assert.equal((await cluster.api({ verb: "delete", ...space, name: `big-${i}` })).code, 200);
      }
      assert.equal((await create(cluster.api, "after-deletes")).code, 201);
    }
    await using again = await createCluster(options);
    assert.equal((await again.api({ verb: "get", ...space, name: "after-deletes" })).code, 200);
    assert.equal((await again.api({ verb: "get", ...space, name: "big-5" })).code, 200);
    assert.equal((await again.api({ verb: "get", ...space, name: "big-0" })).code, 404);
    assert.equal((await again.api({ verb: "delete", ...space, name: "big-5" })).code, 200);
    assert.equal((await create(again.api, "after-restart")).code, 201);
    assert.deepEqual(crashes, []);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
