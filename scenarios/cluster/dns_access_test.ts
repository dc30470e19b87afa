import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { createServer } from "node:net";
import { promisify } from "node:util";
import type { DnsReply } from "../../actors/dns/messages.ts";
import { assert, scenario, test } from "../../properties/house/test.ts";
import { createCluster } from "./create_cluster.ts";
import { freeDnsPort } from "./dns_access.ts";
import { InputError } from "./input_error.ts";
import { dnsAddress } from "./topology.ts";

const host = "127.0.0.1";
const topology = { nodes: 1, stores: 1, apiservers: 1 } as const;
const kubernetes = "kubernetes.default.svc.cluster.local";

for (const kind of ["thread", "pool"] as const) {
  scenario(`a cluster in the ${kind} host serves its names, also after its DNS server crashed`, {}, async (context) => {
    const cluster = context.use(await createCluster({ host: kind, topology, dnsPort: 0 }));
    const resolver = new Resolver({ timeout: 1_000, tries: 1 });
    resolver.setServers([`${host}:${cluster.dns?.port}`]);
    assert.deepEqual(await resolver.resolve4(kubernetes), ["10.96.0.1"]);
    await assert.rejects(resolver.resolve4("nope.default.svc.cluster.local"), { code: "ENOTFOUND" });

    const body = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { clusterIP: "10.96.3.3", ports: [{ port: 80 }] },
    };
    const created = await cluster.api({ verb: "create", resource: "services", namespace: "default", body });
    assert.equal(created.code, 201);
    const resolves = async () => {
      for (;;) {
        const found = await resolver.resolve4("web.default.svc.cluster.local").catch(() => []);
        if (found.length > 0) return found;
        await cluster.wait(20);
      }
    };
    assert.deepEqual(await resolves(), ["10.96.3.3"]);
    await cluster.host.crash(dnsAddress, "test");
    assert.deepEqual(await resolves(), ["10.96.3.3"]);

    // Another actor asks by message.
    const question = { name: "10.0.96.10.in-addr.arpa", type: "PTR" };
    const ask = async () =>
      (await cluster.host.ask(dnsAddress, { type: "dns.query", question } as never, 5_000)) as DnsReply;
    let reply = await ask();
    while (reply.answers.length === 0) {
      await cluster.wait(20);
      reply = await ask();
    }
    assert.equal(reply.answers[0]?.data, "kube-dns.kube-system.svc.cluster.local");
  });
}

test("createCluster() in simulation with DNS serves names, and refuses a port", async () => {
  await using cluster = await createCluster({ topology: { ...topology, dns: true } });
  const body = { type: "dns.query", question: { name: kubernetes, type: "A" } } as never;
  const { answers } = (await cluster.host.ask(dnsAddress, body, 1_000)) as DnsReply;
  assert.equal(answers[0]?.data, "10.96.0.1");
  await assert.rejects(createCluster({ topology, dnsPort: 0 }), /Cannot simulate a cluster/);
});

scenario("freeDnsPort() finds a port that is free for both, and refuses one that is not", {}, async (context) => {
  const found = await freeDnsPort({ host, port: 0 });
  assert.ok(found > 0);
  const udp = createSocket("udp4");
  context.defer(() => new Promise((resolve) => udp.close(() => resolve())));
  await new Promise<void>((resolve) => udp.bind({ address: host, port: found }, resolve));
  await assert.rejects(freeDnsPort({ host, port: found }), (error) => {
    assert.ok(error instanceof InputError);
    assert.equal(
      error.message,
      `Cannot serve DNS on ${host}:${found}: it is in use, choose another with --dns-port, or 0 for any free one`,
    );
    return true;
  });
  const tcp = createServer();
  context.defer(() => new Promise((resolve) => tcp.close(() => resolve())));
  const other = await freeDnsPort({ host, port: 0 });
  await new Promise<void>((resolve) => tcp.listen({ host, port: other }, resolve));
  await assert.rejects(freeDnsPort({ host, port: other }), InputError);
});

scenario(
  "troupe up --dns-port with a port that is taken says so in one line, and exits with 2",
  {},
  async (context) => {
    const port = await freeDnsPort({ host, port: 0 });
    const udp = createSocket("udp4");
    context.defer(() => new Promise((resolve) => udp.close(() => resolve())));
    await new Promise<void>((resolve) => udp.bind({ address: host, port }, resolve));
    const script = new URL("../cli/troupe.mjs", import.meta.url).pathname;
    const line = ["up", "--nodes", "1", "--port", "0", "--dns-port", String(port)];
    const failed = await promisify(execFile)(process.execPath, [script, ...line]).catch((error: unknown) => error);
    const { code, stderr } = failed as { readonly code: number; readonly stderr: string };
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`Cannot serve DNS on 127.0.0.1:${port}: it is in use`));
  },
);
