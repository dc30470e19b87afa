import { assert, test } from "../../properties/house/test.ts";
import { fakeApi } from "../../properties/stages/fake_api.ts";
import { createSimulation } from "../../runtime/hosts/simulation/simulation.ts";
import { dns } from "./definition.ts";
import type { DnsInput, DnsQuestion, DnsReply } from "./messages.ts";
import { dnsSocketModel } from "./socket_model_device.ts";

const found: DnsReply = {
  rcode: "NOERROR",
  authoritative: false,
  answers: [{ name: "example.com", type: "A", ttl: 300, data: "192.0.2.1" }],
  authorities: [],
  additionals: [],
};

/** A server with upstreams, each as the model plays them; gives how long an answer took, too. */
function stage(upstream: (question: DnsQuestion) => DnsReply | undefined, more: Partial<DnsInput> = {}) {
  const asked: DnsQuestion[] = [];
  const model = dnsSocketModel({
    upstream: (question) => {
      asked.push(question);
      return upstream(question);
    },
  });
  const simulation = createSimulation({ cast: { actors: [dns, fakeApi], devices: [model] }, seed: 1 });
  simulation.spawnNow({ name: "api", kind: "fakeApi", input: undefined });
  const upstreams = [
    { host: "192.0.2.53", port: 53 },
    { host: "192.0.2.54", port: 53 },
  ];
  const input: DnsInput = { servers: ["api"], upstreams, ...more };
  simulation.spawnNow({ name: "dns", kind: "dns", input });
  simulation.advance(5_000);
  assert.equal(simulation.report("dns")?.phase, "serving.open");
  const query = (name: string, type = "A") => {
    const startedMs = simulation.uptimeMs();
    const reply = simulation.askNow(
      "dns",
      { type: "dns.query", question: { name, type } } as never,
      20_000,
    ) as DnsReply;
    return { reply, tookMs: simulation.uptimeMs() - startedMs };
  };
  return { asked, query, simulation };
}

test("names outside the cluster are asked of an upstream, names inside never", () => {
  const { asked, query } = stage(() => found);
  assert.deepEqual(query("example.com").reply, found);
  assert.deepEqual(asked, [{ name: "example.com", type: "A" }]);
  assert.equal(query("nope.default.svc.cluster.local").reply.rcode, "NXDOMAIN");
  assert.equal(asked.length, 1);
});

test("the next upstream is asked when one cannot say, and SERVFAIL when none can", () => {
  let turn = 0;
  const failing = { ...found, rcode: "SERVFAIL", answers: [] } as const;
  assert.deepEqual(stage(() => (turn++ === 0 ? failing : found)).query("example.com").reply, found);
  assert.equal(stage(() => failing).query("example.com").reply.rcode, "SERVFAIL");
});

test("an upstream that does not answer has its time and no more", () => {
  const { query } = stage(() => undefined, { upstreamTimeoutMs: 1_000 });
  const { reply, tookMs } = query("example.com");
  assert.equal(reply.rcode, "SERVFAIL");
  assert.ok(tookMs >= 2_000 && tookMs < 2_100, `${tookMs}`);
});

test("what an upstream says that there is not, there is not", () => {
  const { asked, query } = stage(() => ({ ...found, rcode: "NXDOMAIN", answers: [] }));
  assert.equal(query("example.com").reply.rcode, "NXDOMAIN");
  assert.equal(asked.length, 1);
});

test("a type that cannot be handed on is not asked for", () => {
  const { asked, query } = stage(() => found);
  assert.equal(query("example.com", "TYPE65").reply.rcode, "NOTIMP");
  assert.deepEqual(asked, []);
});

test("no more questions wait for upstreams than the server has room for", () => {
  const { simulation, query, asked } = stage(() => undefined, { forwardsMax: 3 });
  for (let i = 0; i < 5; i++) {
    simulation.send("dns", { type: "dns.query", question: { name: "slow.example", type: "A" } } as never);
  }
  simulation.advance(100);
  assert.equal(asked.length, 3);
  assert.equal(query("example.com").reply.rcode, "SERVFAIL");
  simulation.advance(10_000);
  assert.equal((simulation.dataOf("dns") as { forwards: Map<number, unknown> }).forwards.size, 0);
});

test("a server that stops waits for upstreams first", async () => {
  const { simulation } = stage((question) => (question.name === "example.com" ? found : undefined));
  simulation.send("dns", { type: "dns.query", question: { name: "slow.example", type: "A" } } as never);
  simulation.advance(100);
  await simulation.stop("dns");
  assert.deepEqual(simulation.failures(), []);
});
