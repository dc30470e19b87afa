import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, decideAll, outcomeOf, reasonsOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import { nodePorts } from "./node_ports.ts";

test("nodePorts takes only nodes on which the host ports are free", () => {
  const core = coreOf({
    nodes: [{ name: "a" }, { name: "b" }],
    pods: [{ name: "taker", node: "a", hostPorts: [80, 443] }],
  });
  const taken = ["node(s) didn't have free ports for the requested pod ports"];
  assert.deepEqual(reasonsOf(nodePorts, core, podOf({ name: "p", hostPorts: [443] })), { a: taken, b: [] });
  assert.deepEqual(reasonsOf(nodePorts, core, podOf({ name: "p", hostPorts: [8080] })), { a: [], b: [] });
  assert.deepEqual(reasonsOf(nodePorts, core, podOf({ name: "p" })), { a: [], b: [] });
});

test("nodePorts lets two addresses of a node share a port, but not with all addresses", () => {
  const on = (name: string, hostIP?: string) => ({
    name,
    spec: { containers: [{ name: "c", ports: [{ containerPort: 1, hostPort: 53, ...(hostIP ? { hostIP } : {}) }] }] },
  });
  const core = coreOf({ nodes: [{ name: "a" }], pods: [{ ...on("taker", "10.0.0.1"), node: "a" }] });
  const passes = (hostIP?: string) => reasonsOf(nodePorts, core, podOf(on("p", hostIP))).a?.length === 0;
  assert.ok(passes("10.0.0.2"));
  assert.ok(!passes("10.0.0.1"));
  assert.ok(!passes());
});

test("nodePorts wakes a pod when its port is given back", () => {
  const core = coreOf({
    nodes: [{ name: "a" }],
    pods: [
      { name: "first", hostPorts: [80] },
      { name: "second", hostPorts: [80] },
    ],
  });
  assert.match(
    decideAll(core).map(outcomeOf).join(" | "),
    /^a \| 0\/1 nodes are available: 1 node\(s\) didn't have free ports/,
  );
  core.podGone(podOf({ name: "first", node: "a", hostPorts: [80] }), 1);
  assert.equal(outcomeOf(decideAll(core, { nowMs: 1 })[0]), "a");
});
