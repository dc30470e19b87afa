import { assert, test } from "../../properties/house/test.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import { type Cluster, createCluster } from "../../scenarios/cluster/create_cluster.ts";
import { computerAddress, kubeletAddress, proxyAddress } from "../../scenarios/cluster/topology.ts";
import type { ComputerData } from "../computer/data.ts";

const service = (name: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
});

/** A cluster of one node, and a look at the rules that its computer has. */
async function stage() {
  const topology = { nodes: 1, stores: 1, apiservers: 1, computers: true, proxies: true } as const;
  const cluster: Cluster<Simulation> = await createCluster({ topology });
  const { host, api } = cluster;
  host.advance(3_000);
  const rules = () => (host.dataOf(computerAddress(0)) as ComputerData | undefined)?.rules.rules;
  return {
    host,
    rules: () => [...(rules()?.keys() ?? [])].sort(),
    addService: (name: string) =>
      api({ verb: "create", resource: "services", namespace: "default", body: service(name) }),
    /** How long it takes until the computer has a rule. */
    async takes(name: string) {
      const fromMs = host.uptimeMs();
      assert.ok(host.runUntil(() => rules()?.has(name) === true, fromMs + 120_000));
      return host.uptimeMs() - fromMs;
    },
    [Symbol.asyncDispose]: cluster.close,
  };
}

test("a computer that is switched on anew has its rules again a moment later", async () => {
  await using cluster = await stage();
  const { host, rules, addService, takes } = cluster;
  await addService("web");
  assert.ok((await takes("default/web")) < 2_000);
  const before = rules();
  for (let times = 0; times < 3; times++) {
    host.crashNow(computerAddress(0), "power failure");
    assert.deepEqual(rules(), []);
    assert.ok((await takes("default/web")) < 3_000);
    assert.deepEqual(rules(), before);
  }
  assert.equal(host.report(proxyAddress(0))?.incarnation, 0);
});

test("rules come to a computer that was away while they were made, as soon as it is back", async () => {
  await using cluster = await stage();
  const { host, addService, takes } = cluster;
  const end = await host.inject({ kind: "crash", parameters: { actor: computerAddress(0) } });
  await addService("web");
  host.advance(40_000);
  await end();
  assert.ok((await takes("default/web")) < 3_000);
});

test("a computer that was switched off and on behind a partition has its rules again within half a minute after it", async () => {
  await using cluster = await stage();
  const { host, rules, takes } = cluster;
  const before = rules();
  assert.ok(before.length > 0);
  const parameters = { from: [computerAddress(0)], to: [proxyAddress(0), kubeletAddress(0)] };
  const end = await host.inject({ kind: "partition", parameters });
  host.crashNow(computerAddress(0), "power failure");
  host.advance(5_000);
  assert.deepEqual(rules(), []);
  await end();
  assert.ok((await takes("default/kubernetes:https")) < 32_000);
  assert.deepEqual(rules(), before);
});

test("a delay on the link from kube-proxy to its computer makes rules late, and in the end right", async () => {
  await using cluster = await stage();
  const { host, rules, addService, takes } = cluster;
  const link = { from: [proxyAddress(0)], to: [computerAddress(0)], oneWay: true };
  const end = await host.inject({ kind: "delay", parameters: { ...link, delayMsMax: 60_000 } });
  await addService("web");
  host.advance(2_000);
  assert.ok(!rules().includes("default/web"), "the rules are late");
  assert.ok((await takes("default/web")) < 70_000);
  await addService("late");
  await end();
  assert.ok((await takes("default/late")) < 70_000);
  assert.ok(rules().includes("default/web"));
});

test("rules that are overtaken on their way do not replace newer ones", async () => {
  await using cluster = await stage();
  const { host, rules, addService, takes } = cluster;
  const link = { from: [proxyAddress(0)], to: [computerAddress(0)] };
  const ends = [
    await host.inject({ kind: "reordering", parameters: { ...link, delayMsMax: 20_000 } }),
    await host.inject({ kind: "duplication", parameters: { ...link, probability: 0.5 } }),
  ];
  const names = Array.from({ length: 8 }, (_each, index) => `web-${index}`);
  for (const name of names) {
    await addService(name);
    host.advance(4_000);
  }
  for (const end of ends) await end();
  for (const name of names) await takes(`default/${name}`);
  host.advance(60_000);
  assert.deepEqual(
    rules().filter((each) => each.startsWith("default/web")),
    names.map((name) => `default/${name}`),
  );
});
