import type { Fault } from "../../runtime/faults/fault.ts";
import { assert, test } from "../house/test.ts";
import { labelsAsRegistered } from "../mutations/labels_as_registered.ts";
import type { Command } from "../workload/command.ts";
import { performerWith } from "./performers.ts";
import { performRun } from "./run.ts";
import type { RunDefinition } from "./run_definition.ts";

const nodeSelector = { disk: "fast" };
const shape = { image: "app:1", maxSurge: 1, maxUnavailable: 1, nodeSelector } as const;

/** A node gets a label, loses it and another one gets it, while Deployments ask for it. */
const workload: readonly Command[] = [
  { op: "create", atMs: 3_000, name: "early", replicas: 3, ...shape },
  { op: "labelNode", atMs: 6_000, name: "node-1", labels: { disk: "fast" } },
  { op: "create", atMs: 9_000, name: "late", replicas: 3, ...shape },
  { op: "labelNode", atMs: 14_000, name: "node-1", labels: { disk: null } },
  { op: "scale", atMs: 14_500, name: "late", replicas: 5 },
  { op: "labelNode", atMs: 16_000, name: "node-2", labels: { disk: "fast" } },
  { op: "killPods", atMs: 18_000, name: "early", count: 2 },
];

const kubelets = ["kubelet/node-1", "kubelet/node-2"];

/** Of what each kubelet watches every third stream is two seconds old: now its node's, now its pods'. */
const lagging = (seed: number): Fault => ({
  kind: "lag",
  parameters: {
    from: ["apiserver"],
    to: kubelets,
    oneWay: true,
    types: ["api.watch"],
    delayMs: 2_000,
    every: { of: 3, remainder: seed % 3 },
  },
  trigger: { atMs: 4_000 },
});

const restarts: readonly Fault[] = [
  { kind: "crash", parameters: { actor: "kubelet/node-1" }, forMs: 500, trigger: { atMs: 6_500 } },
  { kind: "crash", parameters: { actor: "kubelet/node-2" }, forMs: 500, trigger: { atMs: 16_500 } },
];

function definitionOf(seed: number): RunDefinition {
  const images = { images: { "app:1": { pullMs: 50, startMs: 20, stopMs: 20 } } };
  const topology = { nodes: 3, stores: 1, apiservers: 2, images, restartsMax: 1_000 } as const;
  return { seed, topology, workload, faults: [lagging(seed), ...restarts], healAtMs: 30_000 };
}

for (const seed of [1, 2, 3, 4]) {
  test(`performRun() keeps every rule when a node's labels change, watches lag and kubelets restart (seed ${seed})`, () => {
    assert.equal(performRun(definitionOf(seed)).violation, undefined);
  });
}

test("performRun() finds the storm of pods of a kubelet that judges by the labels of its registration", async () => {
  const mutation = labelsAsRegistered.name;
  const performer = await performerWith(mutation);
  const { violation } = performer.performRun({ ...definitionOf(1), mutation });
  assert.equal(violation?.property, "no controller makes pods without bound");
});
