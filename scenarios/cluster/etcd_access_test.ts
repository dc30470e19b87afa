import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Etcd3 } from "etcd3";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { startRealEtcd } from "../../properties/stages/store/real_etcd.ts";
import { createCluster } from "./create_cluster.ts";
import { etcdDoor } from "./etcd_access.ts";
import { etcdctlEnvironment } from "./etcdctl_environment.ts";
import { InputError } from "./input_error.ts";
import { takeTemporaryFolder } from "./temporary_folder.ts";

const run = promisify(execFile);
const topology = { nodes: 0, stores: 1, apiservers: 1, schedulers: 0, managers: 0 } as const;

scenario(
  "etcdctl and the npm client etcd3 work with a cluster's store, and only with a certificate",
  {},
  async (context) => {
    const cluster = context.use(await createCluster({ host: "pool", topology, etcdPort: 0 }));
    const { etcd } = cluster;
    assert.ok(etcd);
    const [rootCertificate, certChain, privateKey] = await Promise.all(
      [etcd.caCert, etcd.cert, etcd.key].map((path) => readFile(path)),
    );
    const client = new Etcd3({
      hosts: etcd.url,
      credentials: { rootCertificate, certChain, privateKey } as never,
    });
    try {
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "seen" }, data: { a: "größer" } };
      await cluster.api({ verb: "create", resource: "configmaps", namespace: "default", body });
      const object = await client.get("/registry/configmaps/default/seen").json();
      assert.deepEqual((object as typeof body).data, body.data);

      const bytes = Buffer.from([0, 0xff, 0x80, 1]);
      const watcher = await client.watch().prefix("t/").create();
      const seen = new Promise<string>((resolve) => watcher.once("put", ({ key }) => resolve(key.toString())));
      const lease = client.lease(30);
      await lease.put("t/bytes").value(bytes);
      assert.equal(await seen, "t/bytes");
      assert.deepEqual(await client.get("t/bytes").buffer(), bytes);
      const { succeeded } = await client.if("t/bytes", "Version", "==", 1).then(client.put("t/2").value("x")).commit();
      assert.ok(succeeded);
      await lease.revoke();
      assert.deepEqual(await client.getAll().prefix("t/").strings(), { "t/2": "x" });
      await watcher.cancel();

      const isThere = await run("etcdctl", ["version"]).then(
        () => true,
        () => false,
      );
      if (isThere) {
        const env = { ...process.env, ...etcdctlEnvironment(etcd) };
        const etcdctl = async (...args: readonly string[]) => (await run("etcdctl", args, { env })).stdout.trim();
        assert.equal(await etcdctl("get", "--print-value-only", "t/2"), "x");
        assert.match(await etcdctl("member", "list"), /, started, store\/0, troupe:\/\/store\/0, https:/);
        assert.match(await etcdctl("endpoint", "status"), /3\.5\.\d+/);
        const { folder, release } = await takeTemporaryFolder();
        context.use({ [Symbol.asyncDispose]: release });
        await etcdctl("snapshot", "save", join(folder, "all.db"));
        const status = JSON.parse(await etcdctl("snapshot", "status", join(folder, "all.db"), "-w", "json"));
        assert.ok(status.totalKey > 10 && status.revision > 10, JSON.stringify(status));
        const restored = await startRealEtcd({ snapshot: join(folder, "all.db") });
        if (restored) {
          context.use(restored);
          const { host, port } = restored;
          const patience = [
            "--dial-timeout",
            "30s",
            "--command-timeout",
            "30s",
            "--endpoints",
            `http://${host}:${port}`,
          ];
          const { PATH } = process.env;
          const asked = [...patience, "get", "--print-value-only", "t/2"];
          assert.equal((await run("etcdctl", asked, { env: { PATH, ETCDCTL_API: "3" } })).stdout.trim(), "x");
        } else context.note("etcd is not installed (Debian's etcd-server): none was restored from the snapshot");

        const { ETCDCTL_CERT: _cert, ETCDCTL_KEY: _key, ...strange } = env;
        const refused = run("etcdctl", ["--command-timeout", "2s", "get", "a"], { env: strange });
        await assert.rejects(refused, /deadline exceeded|certificate/);
      } else context.note("etcdctl is not installed (Debian's etcd-client): the store was asked by etcd3 alone");
    } finally {
      client.close();
    }
  },
);

test("etcdDoor() refuses a port that is in use", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const { port } = server.address() as { readonly port: number };
  await assert.rejects(etcdDoor(port, "/nowhere", []), (error: Error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /Cannot serve etcd's protocol on 127\.0\.0\.1:\d+: it is in use.*--etcd-port/);
    return true;
  });
  server.close();
});
