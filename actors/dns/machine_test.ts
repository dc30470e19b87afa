import { assert, test } from "../../properties/house/test.ts";
import { createDnsLab } from "../../properties/stages/dns/lab.ts";
import type { ApiCall } from "../../scenarios/cluster/api_access.ts";
import { dnsAddress } from "../../scenarios/cluster/topology.ts";
import type { Service } from "../api/types.ts";
import { present } from "../kit/present.ts";
import { framed, unframe } from "../network/dns/framing.ts";
import { decodeReply, encodeQuery } from "../network/dns/wire.ts";

const service = (name: string, clusterIP?: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default" },
  spec: { ...present({ clusterIP }), ports: [{ name: "http", port: 80 }] },
});

const slice = (name: string, of: string, endpoints: readonly { readonly ip: string; readonly ready: boolean }[]) => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name, namespace: "default", labels: { "kubernetes.io/service-name": of } },
  addressType: "IPv4",
  endpoints: endpoints.map(({ ip, ready }) => ({ addresses: [ip], conditions: { ready } })),
  ports: [{ name: "http", port: 8080, protocol: "TCP" }],
});

const discovery = "discovery.k8s.io";
const web = "web.default.svc.cluster.local";

test("the DNS server makes the Service kube-dns at its fixed address, and puts it back", async () => {
  const { api, answers, query, simulation, until } = createDnsLab();
  const target = { resource: "services", namespace: "kube-system", name: "kube-dns" } as const;
  const name = "kube-dns.kube-system.svc.cluster.local";
  assert.ok(until(() => query(name).rcode === "NOERROR"));
  assert.deepEqual(answers(name), ["10.96.0.10"]);
  assert.deepEqual(answers("10.0.96.10.in-addr.arpa", "PTR"), [name]);
  const srv = query(`_dns._udp.${name}`, "SRV").answers.map(({ data }) => data);
  assert.deepEqual(srv, [{ priority: 0, weight: 100, port: 53, target: name }]);
  const endpoints = () => answers(`192-168-255-10.${name}`);
  assert.deepEqual(endpoints(), ["192.168.255.10"]);

  assert.equal((await api({ ...target, verb: "delete" })).code, 200);
  simulation.advance(1_000);
  assert.deepEqual(answers(name), ["10.96.0.10"]);
  const { body } = await api<Service>({ ...target, verb: "get" });
  assert.equal(body.spec.clusterIP, "10.96.0.10");

  const sliceTarget: Omit<ApiCall, "verb"> = { ...target, group: discovery, resource: "endpointslices" };
  const patch = { endpoints: [{ addresses: ["10.0.0.1"] }] };
  const patched = await api({
    ...sliceTarget,
    verb: "patch",
    body: patch,
    contentType: "application/merge-patch+json",
  });
  assert.equal(patched.code, 200);
  simulation.advance(2_000);
  assert.deepEqual(endpoints(), ["192.168.255.10"]);
});

test("answers follow services and endpoints as they come, change and go", async () => {
  const { api, answers, query, create, until } = createDnsLab();
  assert.equal(query(web).rcode, "NXDOMAIN");
  assert.equal(await create("services", service("web", "10.96.7.7")), 201);
  assert.ok(until(() => query(web).rcode === "NOERROR"));
  assert.deepEqual(answers(web), ["10.96.7.7"]);

  assert.equal(await create("services", service("db", "None")), 201);
  const db = "db.default.svc.cluster.local";
  const endpoints = [
    { ip: "10.244.0.5", ready: true },
    { ip: "10.244.0.6", ready: false },
  ];
  assert.equal(await create("endpointslices", slice("db-1", "db", endpoints), discovery), 201);
  assert.ok(until(() => answers(db).length > 0));
  assert.deepEqual(answers(db), ["10.244.0.5"]);

  // The other one becomes ready, the first does not stay it.
  const flipped = slice(
    "db-1",
    "db",
    endpoints.map(({ ip, ready }) => ({ ip, ready: !ready })),
  );
  const target = { group: discovery, resource: "endpointslices", namespace: "default", name: "db-1" } as const;
  assert.equal(
    (
      await api({
        ...target,
        verb: "patch",
        body: { endpoints: flipped.endpoints },
        contentType: "application/merge-patch+json",
      })
    ).code,
    200,
  );
  assert.ok(until(() => answers(db)[0] === "10.244.0.6"));
  assert.deepEqual(answers(db), ["10.244.0.6"]);

  assert.equal((await api({ verb: "delete", resource: "services", namespace: "default", name: "web" })).code, 200);
  assert.ok(until(() => query(web).rcode === "NXDOMAIN"));
});

test("a server that is not synced yet says that it cannot say, and one that crashed comes back knowing all", async () => {
  const { simulation, answers, query, create, until } = createDnsLab();
  assert.equal(await create("services", service("web", "10.96.7.7")), 201);
  assert.ok(until(() => query(web).rcode === "NOERROR"));
  simulation.crashNow(dnsAddress, "test");
  assert.ok(
    simulation.runUntil(() => simulation.report(dnsAddress)?.phase === "syncing", simulation.uptimeMs() + 5_000),
  );
  assert.equal(query(web).rcode, "SERVFAIL");
  assert.ok(until(() => simulation.report(dnsAddress)?.phase === "serving.open"));
  assert.deepEqual(answers(web), ["10.96.7.7"]);
});

test("answers go on while no API server is there", async () => {
  const { simulation, answers, create, query, until } = createDnsLab();
  assert.equal(await create("services", service("web", "10.96.7.7")), 201);
  assert.ok(until(() => query(web).rcode === "NOERROR"));
  await simulation.stop("apiserver/0");
  simulation.advance(60_000);
  assert.deepEqual(answers(web), ["10.96.7.7"]);
});

test("packets are answered by datagram, cut where they do not fit, and whole by stream, cut anywhere", async () => {
  const { simulation, cast, create, query, until } = createDnsLab({ port: 53 });
  const db = "db.default.svc.cluster.local";
  assert.equal(await create("services", service("db", "None")), 201);
  const endpoints = Array.from({ length: 60 }, (_each, index) => ({ ip: `10.244.1.${index + 1}`, ready: true }));
  assert.equal(await create("endpointslices", slice("db-1", "db", endpoints), discovery), 201);
  assert.ok(until(() => query(db).answers.length === 60));

  const question = { name: db, type: "A" };
  const datagrams: Buffer[] = [];
  cast.dnsSocket.datagram(53, encodeQuery(7, question), (bytes) => datagrams.push(bytes));
  cast.dnsSocket.datagram(53, Buffer.from("what is this"), (bytes) => datagrams.push(bytes));
  simulation.advance(10);
  const cut = datagrams.map((bytes) => decodeReply(bytes, question)).find((each) => each !== undefined);
  assert.equal(cut?.isCut, true);
  assert.ok((cut?.reply.answers.length ?? 0) > 20);

  const stream = cast.dnsSocket.connect(53);
  const bytes = framed(encodeQuery(8, question));
  for (let at = 0; at < bytes.length; at += 7) stream?.write(bytes.subarray(at, at + 7));
  simulation.advance(10);
  const [message = Buffer.alloc(0)] = unframe(stream?.received() ?? Buffer.alloc(0)).messages;
  const whole = decodeReply(message, question);
  assert.deepEqual([whole?.id, whole?.isCut, whole?.reply.answers.length], [8, false, 60]);
});

test("the serial of the zone grows with its changes", async () => {
  const { create, query, simulation, until } = createDnsLab();
  const serial = () => {
    const [soa] = query("cluster.local", "SOA").answers;
    return soa?.type === "SOA" ? soa.data.serial : 0;
  };
  until(() => query("kube-dns.kube-system.svc.cluster.local").rcode === "NOERROR");
  const before = serial();
  simulation.advance(10_000);
  assert.equal(serial(), before);
  assert.equal(await create("services", service("web", "10.96.7.7")), 201);
  assert.ok(until(() => query(web).rcode === "NOERROR"));
  assert.ok(serial() >= before + 10, `${before}, then ${serial()}`);
});

test("the server stops in good order", async () => {
  const { simulation } = createDnsLab();
  await simulation.stop(dnsAddress);
  assert.equal(simulation.report(dnsAddress)?.state ?? "ended", "ended");
  assert.deepEqual(simulation.failures(), []);
});
