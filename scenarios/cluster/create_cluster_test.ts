import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeObject } from "../../actors/api/types.ts";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import type { AskApi } from "./api_access.ts";
import { createCluster } from "./create_cluster.ts";
import { holdPorts } from "./held_ports.ts";
import type { Milestone } from "./readiness.ts";

interface Listed {
  readonly items: readonly KubeObject[];
}

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "nginx" }] },
    },
  },
};

/** The same workload on any host: a Deployment is created, and all its pods become available. */
async function deploy(api: AskApi, wait: () => Promise<void>): Promise<void> {
  const target = { group: "apps", resource: "deployments", namespace: "default" } as const;
  const created = await api({ ...target, verb: "create", body: deployment });
  assert.equal(created.code, 201);
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await api<{ status?: { availableReplicas?: number } }>({ ...target, verb: "get", name: "web" });
    if (body.status?.availableReplicas === 4) return;
    await wait();
  }
  assert.fail("the Deployment did not become available");
}

test("createCluster() in simulation brings a cluster up in which a Deployment converges in virtual time", async () => {
  await using cluster = await createCluster({ topology: { nodes: 5 }, seed: 7 });
  await deploy(cluster.api, async () => cluster.host.advance(100));
  assert.deepEqual(cluster.host.failures(), []);
});

test("createCluster() with traffic gives the same cluster twice, and what comes from outside the same answers", async () => {
  const template = {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "web", image: "hello:1", ports: [{ containerPort: 80 }] }] },
  };
  const service = { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80, nodePort: 30_080 }] };
  const perform = async () => {
    await using cluster = await createCluster({ topology: { nodes: 2, traffic: true }, seed: 7 });
    const { api, host } = cluster;
    const body = { ...deployment, spec: { ...deployment.spec, template } };
    await api({ verb: "create", group: "apps", resource: "deployments", namespace: "default", body });
    const about = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: service };
    await api({ verb: "create", resource: "services", namespace: "default", body: about });
    host.advance(10_000);
    const clients = Array.from({ length: 5 }, () => cluster.dial({ port: 30_080 }));
    for (const client of clients) client.write("GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n");
    host.advance(10_000);
    assert.deepEqual(host.failures(), []);
    return { heard: clients.map((client) => client.take().split("\r\n\r\n")[1]), hash: host.journal.hash() };
  };
  const first = await perform();
  assert.ok(
    first.heard.every((text) => text?.startsWith("Hello, world, from web-")),
    first.heard.join(),
  );
  assert.deepEqual(await perform(), first);
});

test("createCluster() tells of each milestone in order", async () => {
  const seen: Milestone[] = [];
  await using cluster = await createCluster({ topology: { nodes: 2 }, onProgress: (each) => void seen.push(each) });
  const reached = seen.filter(({ done, of }) => done === of).map(({ stage, of }) => [stage, of]);
  assert.deepEqual(reached, [
    ["store", 1],
    ["apiservers", 2],
    ["leaders", 2],
    ["nodes", 2],
  ]);
  assert.equal(await cluster.storeLeader(), seen.find(({ who }) => who !== undefined)?.who);
});

test("createCluster() works with one of everything, and with five store replicas and three API servers", async () => {
  for (const topology of [
    { nodes: 1, stores: 1, apiservers: 1 } as const,
    { stores: 5, apiservers: 3, managers: 2 } as const,
  ]) {
    await using cluster = await createCluster({ topology });
    await deploy(cluster.api, async () => cluster.host.advance(100));
  }
});

test("createCluster() refuses what cannot be", async () => {
  await assert.rejects(createCluster({ topology: { nodes: -1 } }), /-1 nodes/);
  await assert.rejects(createCluster({ port: 0 }), { name: "InputError", message: /use the host thread or pool/ });
  const signal = AbortSignal.abort(new Error("no more"));
  await assert.rejects(createCluster({ signal }), /no more/);
  const imageFolder = "/no/such/folder";
  const message = `Cannot use images of "${imageFolder}": there is no such folder`;
  await assert.rejects(createCluster({ imageFolder, topology: { traffic: true } }), { name: "InputError", message });
  await assert.rejects(createCluster({ imageFolder: "." }), { name: "InputError", message: /turn that on$/ });
  await assert.rejects(createCluster({ readyWithinMs: 1 }), /Cannot bring the cluster up: after 1 ms store 0 of 1/);
});

scenario("createCluster() in few threads runs the same workload", {}, async ({ use }) => {
  const cluster = use(await createCluster({ host: "pool", workers: 2, topology: { nodes: 10 } }));
  await deploy(cluster.api, () => new Promise((resolve) => setTimeout(resolve, 20)));
  assert.equal((await cluster.host.stats()).length, 2);
});

scenario(
  "a cluster with a data directory is still there after a restart, for an old kubeconfig too",
  {},
  async (context) => {
    const dataDir = await mkdtemp(join(tmpdir(), "kubetroupe-"));
    context.defer(() => rm(dataDir, { recursive: true }));
    await using held = await holdPorts("127.0.0.1", 1);
    const [port] = held.ports as [number];
    const kubeconfig = join(await context.folder(), "kubeconfig");
    const options = { host: "thread", dataDir, port, topology: { nodes: 2, stores: 1, apiservers: 1 } } as const;
    const pods = { verb: "list", resource: "pods", namespace: "default" } as const;
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
    const first = await createCluster({ ...options, kubeconfig });
    let before: readonly (string | undefined)[];
    try {
      await deploy(first.api, wait);
      before = (await first.api<Listed>(pods)).body.items.map(({ metadata }) => metadata.uid);
    } finally {
      await first.close();
    }
    assert.equal(before.length, 4);
    const second = context.use(await createCluster(options));
    const after = (await second.api<Listed>(pods)).body.items.map(({ metadata }) => metadata.uid);
    assert.deepEqual(after, before);
    const rolledOut = await kubectl(["rollout", "status", "deployment/web", "--timeout=60s"], { kubeconfig });
    assert.equal(rolledOut.code, 0, rolledOut.stderr);
    await assert.rejects(createCluster({ ...options, port: 0 }), { message: /runs a cluster in it/ });
  },
);

scenario("createCluster() leaves nothing behind when it is closed", {}, async ({ use }) => {
  const cluster = use(await createCluster({ host: "pool", workers: 1, port: 0, topology: { nodes: 1, stores: 1 } }));
  const { kubeconfig = "", url = "" } = cluster.access ?? {};
  assert.equal((await stat(kubeconfig)).mode & 0o777, 0o600);
  await cluster.close();
  await assert.rejects(stat(kubeconfig), { code: "ENOENT" });
  await assert.rejects(fetch(url));
});
