import { once } from "node:events";
import { createServer } from "node:net";
import { assert, scenario, test } from "../../properties/house/test.ts";
import type { TcpClient } from "../../runtime/devices/tcp_client.ts";
import { createScript } from "../script/create_script.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";
import { computerAddress, gatewayAddress } from "./topology.ts";

const host = "127.0.0.1";

const manifest = (nodePort: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: hello:1
          ports: [{ containerPort: 80 }]
          readinessProbe: { httpGet: { path: /healthz, port: 80 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  selector: { app: web }
  ports: [{ port: 80, nodePort: ${nodePort} }]
`;

const request = "GET /?name=outside HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n";

/** Applies the manifest, and waits until both pods are ready. */
async function deploy(cluster: Cluster, nodePort: number) {
  const { apply, eventually, get, expect } = createScript(cluster).script;
  await apply(manifest(nodePort));
  await eventually("web is available", async () =>
    expect((await get("deployment/web")).status?.availableReplicas ?? 0).toBe(2),
  );
  // Nobody tells when all nodes know of it: who asks is answered, first or last.
  assert.match(await answered(cluster, nodePort), /^HTTP\/1\.1 200 OK\r\n/);
}

/** What a client hears that asks until it is answered. */
async function answered(cluster: Cluster, port: number): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    const client = cluster.dial({ port });
    client.write(request);
    while (client.state() !== "closed" && !client.isEnded()) await cluster.wait(10);
    const text = client.take();
    client.end();
    if (text.includes("\r\n\r\n")) return text;
    await cluster.wait(20);
  }
  return assert.fail(`nobody answered on port ${port}`);
}

test("a node port leads from outside to the pods of its Service, in virtual time", async () => {
  const topology = { nodes: 2, stores: 1, apiservers: 1, traffic: true } as const;
  await using cluster = await createCluster({ topology });
  await deploy(cluster, 30_080);
  const seen = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const text = await answered(cluster, 30_080);
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
    seen.add(/Hello, outside, from (web-\S+)/.exec(text)?.[1] ?? text);
  }
  assert.equal(seen.size, 2);
  // Connections find the node that is left.
  const end = await cluster.host.inject({ kind: "crash", parameters: { actor: computerAddress(0) } });
  await cluster.wait(60_000);
  assert.match(await answered(cluster, 30_080), /Hello, outside/);
  await end();
  assert.deepEqual(cluster.host.failures(), []);
});

test("a connection goes on when its Service is gone, and traffic that stays local finds the node with the pod", async () => {
  const topology = { nodes: 4, stores: 1, apiservers: 1, traffic: true } as const;
  await using cluster = await createCluster({ topology });
  await deploy(cluster, 30_080);
  const heard = async (client: TcpClient) => {
    client.write(request.replace("Connection: close\r\n", ""));
    const until = cluster.uptimeMs() + 5_000;
    while (!client.received().includes("web-") && cluster.uptimeMs() < until) await cluster.wait(10);
    return client.take();
  };
  const client = cluster.dial({ port: 30_080 });
  assert.match(await heard(client), /Hello, outside/);
  await cluster.api({ verb: "delete", resource: "services", namespace: "default", name: "web" });
  await cluster.wait(3_000);
  assert.equal(cluster.dial({ port: 30_080 }).error(), "ECONNREFUSED");
  assert.match(await heard(client), /Hello, outside/);

  const { apply } = createScript(cluster).script;
  await apply(manifest(30_081).replace("type: NodePort", "type: NodePort\n  externalTrafficPolicy: Local"));
  await cluster.wait(3_000);
  for (let i = 0; i < 6; i++) {
    const fromMs = cluster.uptimeMs();
    assert.match(await answered(cluster, 30_081), /Hello, outside/);
    assert.ok(cluster.uptimeMs() - fromMs < 500, "no node without a pod was asked first");
  }
});

test("a computer that goes takes its connections with it, and a partition on the way is survived", async () => {
  const topology = { nodes: 1, stores: 1, apiservers: 1, traffic: true } as const;
  await using cluster = await createCluster({ topology });
  await deploy(cluster, 30_080);
  const client = cluster.dial({ port: 30_080 });
  await cluster.wait(100);
  const parameters = { from: [gatewayAddress], to: [computerAddress(0)] };
  const end = await cluster.host.inject({ kind: "partition", parameters });
  client.write(request);
  await cluster.wait(5_000);
  assert.deepEqual([client.state(), client.received()], ["open", ""]);
  await end();
  await cluster.wait(15_000);
  assert.match(client.take(), /Hello, outside/);

  const idle = cluster.dial({ port: 30_080 });
  await cluster.wait(100);
  cluster.host.crashNow(computerAddress(0), "power failure");
  await cluster.wait(10_000);
  // As with TCP anywhere: who does not write does not learn of it.
  assert.equal(idle.state(), "open");
  idle.write(request);
  await cluster.wait(10_000);
  assert.deepEqual([idle.state(), idle.error()], ["closed", "ECONNRESET"]);
});

/** A node port that nobody on this machine has now. */
async function freeNodePort(): Promise<number> {
  for (;;) {
    const port = 30_000 + Math.floor(Math.random() * 2_768);
    const server = createServer().listen({ host, port });
    const isFree = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]);
    server.close();
    if (isFree) return port;
  }
}

scenario("real clients reach pods through a node port, whatever becomes of the gateway", {}, async (context) => {
  const topology = { nodes: 2, stores: 1, apiservers: 1, traffic: true } as const;
  const cluster = context.use(await createCluster({ host: "thread", topology }));
  const port = await freeNodePort();
  await deploy(cluster, port);
  assert.match(await answered(cluster, port), /Hello, outside, from web-/);
  const page = await fetch(`http://${host}:${port}/?name=fetch`);
  assert.match(await page.text(), /^Hello, fetch, from web-/);

  const idle = cluster.dial({ port });
  while (idle.state() === "connecting") await cluster.wait(5);
  await cluster.host.terminate(gatewayAddress);
  while (idle.state() !== "closed" && !idle.isEnded()) await cluster.wait(5);
  assert.match(await answered(cluster, port), /Hello, outside/);
  assert.equal((await cluster.host.inspect(gatewayAddress))?.incarnation, 1);
});

scenario(
  "a node port that another program has is told of in an event, and opened when it is free",
  {},
  async (context) => {
    const topology = { nodes: 1, stores: 1, apiservers: 1, gateway: true } as const;
    const cluster = context.use(await createCluster({ host: "pool", workers: 1, topology }));
    const [taken, other] = [await freeNodePort(), await freeNodePort()];
    const server = createServer().listen({ host, port: taken }).unref();
    await once(server, "listening");
    const { apply, eventually, list } = createScript(cluster).script;
    const service = (name: string, nodePort: number) =>
      `{ apiVersion: v1, kind: Service, metadata: { name: ${name} }, spec: { type: NodePort, ports: [{ port: 80, nodePort: ${nodePort} }] } }`;
    // A port of nobody is not opened.
    const slice = (name: string) =>
      `{ apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: { name: ${name}-1, labels: { kubernetes.io/service-name: ${name} } }, addressType: IPv4, ports: [{ port: 80 }], endpoints: [{ addresses: [10.244.9.9] }] }`;
    await apply(service("taken", taken));
    await apply(slice("taken"));
    await apply(service("other", other));
    await apply(slice("other"));
    const message = `can't open port "nodePort for default/taken" (:${taken}/tcp4), skipping it: listen tcp4 127.0.0.1:${taken}: bind: address already in use`;
    await eventually("an event tells", async () => {
      const events = await list("events");
      return events.some(({ message: text }) => text === message);
    });
    await eventually("the other port is open", () => isOpen(cluster, other));
    server.close();
    await eventually("the port is opened", () => isOpen(cluster, taken));
  },
);

async function isOpen(cluster: Cluster, port: number): Promise<boolean> {
  const client = cluster.dial({ port });
  while (client.state() === "connecting") await cluster.wait(5);
  const isThere = client.error() !== "ECONNREFUSED";
  client.reset();
  return isThere;
}
