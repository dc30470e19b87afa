import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { createScript } from "../script/create_script.ts";
import { type Cluster, createCluster } from "./create_cluster.ts";

/** It tells who is there and who has gone, and answers only to `/late`, then; with `/gives-up` it goes as well. */
const image = `
const here = new Set();
const gone = [];
export default { fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === "/who") return Response.json({ here: [...here], gone });
  here.add(pathname);
  return new Promise((resolve, reject) => request.signal.addEventListener("abort", () => {
    here.delete(pathname);
    gone.push(pathname);
    if (pathname === "/late") setTimeout(() => resolve(new Response("late")), 50);
    if (pathname === "/gives-up") reject(request.signal.reason);
  }));
} };
`;

const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  containers:
    - name: web
      image: waits:1
      ports: [{ containerPort: 80 }]
      readinessProbe: { httpGet: { path: /who, port: 80 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80 }] }
`;

/** Starts a pod that waits, and gives the port at which it is asked. */
async function deploy(cluster: Cluster): Promise<number> {
  const { apply, eventually, get } = createScript(cluster).script;
  await apply(manifest);
  const port = Number((await get("service/web")).spec?.ports?.[0]?.nodePort);
  await eventually("it is asked and answers", async () => assert.ok((await who(cluster, port)) !== undefined));
  return port;
}

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n`;

async function who(cluster: Cluster, port: number) {
  const client = cluster.dial({ port });
  client.write(request("/who"));
  while (client.state() !== "closed" && !client.isEnded()) await cluster.wait(5);
  const [, body] = client.take().split("\r\n\r\n");
  client.end();
  return body
    ? (JSON.parse(body) as { readonly here: readonly string[]; readonly gone: readonly string[] })
    : undefined;
}

async function until(cluster: Cluster, holds: () => Promise<boolean | undefined> | boolean): Promise<void> {
  while (!(await holds())) await cluster.wait(10);
}

async function departures(context: ScenarioContext, host: "simulation" | "thread") {
  const folder = await context.folder();
  await mkdir(join(folder, "waits"));
  await writeFile(join(folder, "waits", "1.ts"), image);
  const topology = { nodes: 1, stores: 1, apiservers: 1, traffic: true } as const;
  const cluster = context.use(await createCluster({ host, topology, imageFolder: folder }));
  const port = await deploy(cluster);
  const ask = async (path: string) => {
    const client = cluster.dial({ port });
    client.write(request(path));
    await until(cluster, async () => (await who(cluster, port))?.here.includes(path));
    return client;
  };
  const isGone = (path: string) => async () => (await who(cluster, port))?.gone.includes(path);

  const late = await ask("/late");
  late.end();
  await until(cluster, () => late.isEnded());
  assert.match(late.take(), /^HTTP\/1\.1 200 OK[\s\S]*late$/);
  await until(cluster, () => late.state() === "closed");
  assert.equal(late.error(), undefined);

  const lost = await ask("/lost");
  lost.reset();
  await until(cluster, isGone("/lost"));

  const other = await ask("/gives-up");
  other.end();
  await until(cluster, () => other.state() === "closed");
  assert.deepEqual([other.error(), other.received()], ["ECONNRESET", ""]);
  assert.ok(await isGone("/gives-up")());
  return { cluster, ask, isGone };
}

scenario("a pod hears of clients from outside that go, and those that wait are answered", {}, async (context) => {
  await departures(context, "thread");
});

scenario("the same in virtual time, and who is never answered is broken off", {}, async (context) => {
  const { cluster, ask, isGone } = await departures(context, "simulation");
  const silent = await ask("/silent");
  silent.end();
  await until(cluster, isGone("/silent"));
  assert.equal(silent.state(), "open");
  await cluster.wait(125_000);
  assert.deepEqual([silent.state(), silent.error(), silent.received()], ["closed", "ECONNRESET", ""]);
  assert.deepEqual(cluster.host.failures(), []);
});
