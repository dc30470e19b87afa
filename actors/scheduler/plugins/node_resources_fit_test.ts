import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, reasonsOf, scoresOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { nodeResourcesFit } from "./node_resources_fit.ts";

test("nodeResourcesFit names everything that is short", () => {
  const core = coreOf({
    nodes: [{ name: "a", allocatable: { pods: "1", "example.com/gpu": "2" } }, { name: "b" }],
    pods: [{ name: "there", node: "a", requests: { cpu: "3", memory: "7Gi", "example.com/gpu": "2" } }],
  });
  const requests = { cpu: "1500m", memory: "2Gi", "ephemeral-storage": "200Gi", "example.com/gpu": "1" };
  assert.deepEqual(reasonsOf(nodeResourcesFit, core, podOf({ name: "p", requests })), {
    a: [
      "Too many pods",
      "Insufficient cpu",
      "Insufficient memory",
      "Insufficient ephemeral-storage",
      "Insufficient example.com/gpu",
    ],
    b: ["Insufficient ephemeral-storage", "Insufficient example.com/gpu"],
  });
});

test("nodeResourcesFit lets a pod that asks for nothing on a node that is full", () => {
  const core = coreOf({
    nodes: [{ name: "a" }],
    pods: [{ name: "there", node: "a", requests: { cpu: "4", memory: "8Gi" } }],
  });
  assert.deepEqual(reasonsOf(nodeResourcesFit, core, podOf({ name: "p" })), { a: [] });
});

test("nodeResourcesFit counts init containers at their peak and sidecars beside the rest", () => {
  const container = (name: string, cpu: string, restartPolicy?: string) => ({
    name,
    resources: { requests: { cpu } },
    ...(restartPolicy ? { restartPolicy } : {}),
  });
  const spec = (sidecar: string, init: string) => ({
    containers: [container("main", "1")],
    initContainers: [container("side", sidecar, "Always"), container("init", init)],
    overhead: { cpu: "500m" },
  });
  const core = coreOf({ nodes: [{ name: "a" }] });
  const fits = (sidecar: string, init: string) =>
    reasonsOf(nodeResourcesFit, core, podOf({ name: "p", spec: spec(sidecar, init) })).a?.length === 0;
  assert.ok(fits("2500m", "1"));
  assert.ok(!fits("2600m", "1"));
  assert.ok(fits("500m", "3"));
  assert.ok(!fits("600m", "3"));
});

test("nodeResourcesFit prefers the node with most left", () => {
  const core = coreOf({
    nodes: [{ name: "a" }, { name: "b" }],
    pods: [{ name: "there", node: "a", requests: { cpu: "2", memory: "4Gi" } }],
  });
  const pod = podOf({ name: "p", requests: { cpu: "1", memory: "2Gi" } });
  assert.deepEqual(scoresOf(nodeResourcesFit, core, pod), { a: 25, b: 75 });
});
