import type { Fault } from "../../runtime/faults/fault.ts";
import { dnsAddress } from "../../scenarios/cluster/topology.ts";
import { performerWith } from "../engine/performers.ts";
import { performRun } from "../engine/run.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import { assert, fc, property, test } from "../house/test.ts";
import { dnsEndpointsStale } from "../mutations/dns_endpoints_stale.ts";
import { reverseNamesMissed } from "../mutations/reverse_names_missed.ts";
import type { Command } from "../workload/command.ts";
import { dnsAnswersEqualEndpoints } from "./dns_answers_equal_endpoints.ts";

const shapes = ["plain", "headless", "unready"] as const;

/** A Deployment whose pods come and go behind a Service of each shape. */
const workload: readonly Command[] = [
  { op: "create", atMs: 1_000, name: "web", replicas: 3, image: "app:1", maxSurge: 1, maxUnavailable: 1 },
  ...shapes.map((shape): Command => ({ op: "createService", atMs: 1_500, name: shape, selects: "web", shape })),
  { op: "createService", atMs: 1_800, name: "gone", selects: "web", shape: "headless" },
  { op: "scale", atMs: 5_000, name: "web", replicas: 5 },
  { op: "deleteService", atMs: 6_000, name: "gone" },
  { op: "setImage", atMs: 8_000, name: "web", image: "app:2" },
  { op: "killPods", atMs: 14_000, name: "web", count: 2 },
  { op: "scale", atMs: 16_000, name: "web", replicas: 2 },
];

function definitionOf(seed: number, more: Partial<RunDefinition> = {}): RunDefinition {
  const topology = { nodes: 2, stores: 3, apiservers: 2, dns: true, restartsMax: 1_000 } as const;
  return {
    seed,
    topology,
    workload,
    faults: [],
    healAtMs: 20_000,
    ...more,
  };
}

const invariants = [dnsAnswersEqualEndpoints];
const brokenBy = (definition: RunDefinition) => performRun(definition, { invariants }).violation;

property(
  "DNS answers equal the ready endpoints after crashes, losses and delays",
  [fc.nat(0xffff), fc.nat(15_000), fc.nat(15_000)],
  (seed, crashAtMs, lossAtMs) => {
    const link = { from: [dnsAddress], to: ["*"] };
    const faults: readonly Fault[] = [
      { kind: "crash", trigger: { atMs: crashAtMs }, parameters: { actor: dnsAddress }, forMs: 3_000 },
      { kind: "loss", trigger: { atMs: lossAtMs }, parameters: { ...link, probability: 0.3 }, forMs: 5_000 },
      { kind: "delay", trigger: { atMs: lossAtMs / 2 }, parameters: { ...link, delayMsMax: 900 }, forMs: 5_000 },
    ];
    assert.equal(brokenBy(definitionOf(seed, { faults })), undefined);
  },
  { runs: 3 },
);

test("a DNS server that misses updates of EndpointSlices is found", async () => {
  const mutation = dnsEndpointsStale.name;
  const performer = await performerWith(mutation);
  const { violation } = performer.performRun(definitionOf(1, { mutation }), { invariants });
  assert.equal(violation?.property, dnsAnswersEqualEndpoints.name);
  assert.match(violation?.details ?? "", /leads to/);
});

test("a DNS server that does not know the names of addresses that came later is found", async () => {
  const mutation = reverseNamesMissed.name;
  const performer = await performerWith(mutation);
  const { violation } = performer.performRun(definitionOf(1, { mutation }), { invariants });
  assert.equal(violation?.property, dnsAnswersEqualEndpoints.name);
  assert.match(violation?.details ?? "", /leads back to \[\]/);
});
