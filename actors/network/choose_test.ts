import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type EndpointShort, serviceNamed, sliceOf } from "../../properties/stages/kube_proxy/objects.ts";
import { randomFrom } from "../../runtime/mod.ts";
import type { Service } from "../api/types.ts";
import { createChangeTracker } from "../kube_proxy/change_tracker.ts";
import { createAffinity } from "./affinity.ts";
import { type Choice, choose, type NewConnection } from "./choose.ts";
import { createRuleTable } from "./rule_table.ts";

const at = "ns1/svc1";
const clusterIp = "172.30.0.41";
const pod = "10.244.0.9";
const stranger = "203.0.113.7";
const nodeIp = "192.168.0.2";
const nodePorts = [{ name: "p80", port: 80, protocol: "TCP", nodePort: 3001 }];

function tableWith(service: Service, endpoints: readonly EndpointShort[]) {
  const tracker = createChangeTracker("a");
  tracker.setService(service);
  tracker.setSlice(sliceOf(at, endpoints, { port: 8080 }));
  const table = createRuleTable("a");
  const settings = { node: "a", nodeIps: [nodeIp], clusterCidr: "10.244.0.0/16" };
  table.apply({ op: "apply", full: true, generation: 1, settings, set: tracker.take().set });
  return table;
}

function ask(table: ReturnType<typeof tableWith>, connection: Partial<NewConnection> = {}, random = 0): Choice {
  const wanted = { protocol: "tcp", source: pod, ip: clusterIp, port: 80, ...connection } as const;
  return choose(table, wanted, { random, nowMs: 0, affinity: createAffinity() });
}

function inShort(choice: Choice): string {
  return choice.kind === "forward"
    ? `${choice.to.ip}:${choice.to.port}${choice.masquerade ? " masqueraded" : ""}`
    : choice.kind;
}

const near = { ip: "10.244.0.1", node: "a" };
const far = { ip: "10.244.1.1", node: "b" };

test("choose() leads cluster IPs to endpoints, hides strangers and those who reach themselves, lets other traffic pass", () => {
  const table = tableWith(serviceNamed(at), [near]);
  assert.equal(inShort(ask(table)), "10.244.0.1:8080");
  assert.equal(inShort(ask(table, { source: stranger })), "10.244.0.1:8080 masqueraded");
  assert.equal(inShort(ask(table, { source: near.ip })), "10.244.0.1:8080 masqueraded");
  assert.equal(inShort(ask(table, { port: 81 })), "pass");
  assert.equal(inShort(ask(table, { protocol: "udp" })), "pass");
  assert.equal(inShort(ask(table, { ip: "10.244.5.5", port: 8080 })), "pass");
});

test("choose() rejects where there are no endpoints and drops where there are none on the node", () => {
  assert.equal(inShort(ask(tableWith(serviceNamed(at), []))), "reject");
  assert.equal(inShort(ask(tableWith(serviceNamed(at, { internalTrafficPolicy: "Local" }), [far]))), "drop");
  const service = serviceNamed(at, { type: "NodePort", ports: nodePorts });
  assert.equal(inShort(ask(tableWith(service, []), { ip: nodeIp, port: 3001 })), "reject");
});

test("choose() opens node ports on the node's own addresses only", () => {
  const table = tableWith(serviceNamed(at, { type: "NodePort", ports: nodePorts }), [far]);
  for (const ip of [nodeIp, "127.0.0.1"]) {
    assert.equal(inShort(ask(table, { ip, port: 3001, source: stranger })), "10.244.1.1:8080 masqueraded");
  }
  assert.equal(inShort(ask(table, { ip: "192.168.0.3", port: 3001 })), "pass");
});

test("choose() with the external policy Local keeps the client's address, and leads pods and the node anywhere", () => {
  const service = serviceNamed(at, { type: "NodePort", ports: nodePorts, externalTrafficPolicy: "Local" });
  const both = tableWith(service, [near, far]);
  const to = { ip: nodeIp, port: 3001 };
  assert.equal(inShort(ask(both, { ...to, source: stranger }, 0.99)), "10.244.0.1:8080");
  assert.equal(inShort(ask(both, { ...to, source: pod }, 0.99)), "10.244.1.1:8080");
  assert.equal(inShort(ask(both, { ...to, source: nodeIp }, 0.99)), "10.244.1.1:8080 masqueraded");
  const away = tableWith(service, [far]);
  assert.equal(inShort(ask(away, { ...to, source: stranger })), "drop");
  assert.equal(inShort(ask(away, { ...to, source: pod })), "10.244.1.1:8080");
});

test("choose() lets only the source ranges use a load balancer's IP", () => {
  const ingress = { loadBalancer: { ingress: [{ ip: "1.2.3.4" }, { ip: "5.6.7.8", ipMode: "Proxy" }] } };
  const spec = { type: "LoadBalancer", ports: nodePorts, loadBalancerSourceRanges: ["203.0.113.0/24"] };
  const table = tableWith(serviceNamed(at, spec, ingress), [far]);
  assert.equal(inShort(ask(table, { ip: "1.2.3.4", source: stranger })), "10.244.1.1:8080 masqueraded");
  assert.equal(inShort(ask(table, { ip: "1.2.3.4", source: "198.51.100.1" })), "drop");
  assert.equal(inShort(ask(table, { ip: "5.6.7.8", source: stranger })), "pass");
});

test("choose() gives each endpoint the same chance", () => {
  const count = 7;
  const endpoints = Array.from({ length: count }, (_each, index) => ({ ip: `10.244.1.${index}` }));
  const table = tableWith(serviceNamed(at), endpoints);
  const random = randomFrom(1);
  const hits = new Map<string, number>();
  const draws = 14_000;
  for (let index = 0; index < draws; index++) {
    const choice = inShort(ask(table, {}, random.float()));
    hits.set(choice, (hits.get(choice) ?? 0) + 1);
  }
  assert.equal(hits.size, count);
  for (const hit of hits.values()) assert.ok(Math.abs(hit - draws / count) < 200, [...hits.values()].join());
});

const state = fc.constantFrom("ready", "unready", "leaving", "gone");
const change = fc.record({ states: fc.array(state, { minLength: 4, maxLength: 4 }), waitMs: fc.nat(15_000) });
const call = fc.record({ client: fc.nat(2), random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) });

property(
  "choose() leads only to eligible endpoints of the slices, and a client that affinity keeps to the one it had",
  [fc.array(fc.tuple(change, fc.array(call, { maxLength: 6 })), { maxLength: 6 })],
  (rounds) => {
    const timeoutSeconds = 20;
    const affinity = createAffinity();
    const had = new Map<string, { ip: string; atMs: number }>();
    let nowMs = 0;
    for (const [{ states, waitMs }, calls] of rounds) {
      nowMs += waitMs;
      const present = states.flatMap((each, index) =>
        each === "gone" ? [] : [{ ip: `10.244.1.${index}`, state: each }],
      );
      const ready = present.filter((each) => each.state === "ready");
      const eligible = new Set(
        (ready.length > 0 ? ready : present.filter((each) => each.state === "leaving")).map(({ ip }) => ip),
      );
      const spec = { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds } } };
      const table = tableWith(serviceNamed(at, spec), present as EndpointShort[]);
      for (const { client, random } of calls) {
        const source = `10.244.9.${client}`;
        const connection = { protocol: "tcp", source, ip: clusterIp, port: 80 } as const;
        const choice = choose(table, connection, { random, nowMs, affinity });
        if (choice.kind !== "forward") {
          assert.deepEqual([choice.kind, eligible.size], ["reject", 0]);
          continue;
        }
        assert.ok(eligible.has(choice.to.ip), choice.to.ip);
        const last = had.get(source);
        const isKept = last && nowMs - last.atMs <= timeoutSeconds * 1000 && eligible.has(last.ip);
        // What it had before that may still be remembered, and be the first in order.
        if (isKept) assert.ok(choice.to.ip <= last.ip, `${choice.to.ip} after ${last.ip}`);
        had.set(source, { ip: choice.to.ip, atMs: nowMs });
      }
    }
  },
);

test("choose() sends a client back for as long as its affinity lasts, counted from its last connection", () => {
  const spec = { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } } };
  const table = tableWith(serviceNamed(at, spec), [near, far]);
  const affinity = createAffinity();
  const to = (nowMs: number, random: number) =>
    inShort(choose(table, { protocol: "tcp", source: pod, ip: clusterIp, port: 80 }, { random, nowMs, affinity }));
  assert.equal(to(0, 0.9), "10.244.1.1:8080");
  assert.equal(to(9_000, 0), "10.244.1.1:8080");
  assert.equal(to(18_000, 0), "10.244.1.1:8080");
  assert.equal(to(29_000, 0), "10.244.0.1:8080");
});

test("createAffinity() forgets whom it has not seen for longest", () => {
  const affinity = createAffinity({ clientsMax: 2 });
  for (const client of ["a", "b", "a", "c"]) affinity.note("s", client, { endpoint: "e", nowMs: 0 });
  const remembered = ["a", "b", "c"].filter(
    (client) => affinity.recent("s", client, { nowMs: 0, maxAgeMs: 1 }).length > 0,
  );
  assert.deepEqual([affinity.size, remembered], [2, ["a", "c"]]);
});
