import { assert, test } from "../../../properties/house/test.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { node } from "../../api/kinds/node.ts";
import { nodeIpam } from "./node_ipam.ts";

const named = (name: string, podCIDR?: string) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name },
  spec: podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] },
});

test("nodeIpam gives nodes that have none ranges that nobody has, and leaves the others theirs", () => {
  const loop = createPlainLoop(nodeIpam);
  loop.put(named("kubelets", "10.244.0.0/24"));
  loop.put(named("large", "10.128.1.0/23"));
  for (const name of ["a", "b", "c"]) loop.put(named(name));
  for (const name of ["a", "b", "c", "kubelets"]) loop.turn(name, 0);
  assert.deepEqual(
    loop.all(node).map(({ metadata, spec }) => `${metadata.name} ${spec?.podCIDR} ${spec?.podCIDRs?.length}`),
    [
      "kubelets 10.244.0.0/24 1",
      "large 10.128.1.0/23 1",
      "a 10.128.2.0/24 1",
      "b 10.128.3.0/24 1",
      "c 10.128.4.0/24 1",
    ],
  );
  assert.equal(loop.turn("a", 1), undefined, "it has one now");
});

test("nodeIpam counts what is just before its ranges, or reaches into them, for what it takes of them and no more", () => {
  const loop = createPlainLoop(nodeIpam);
  loop.put(named("before", "10.127.255.0/24"));
  loop.put(named("first"));
  loop.turn("first", 0);
  assert.equal(loop.all(node).find(({ metadata }) => metadata.name === "first")?.spec?.podCIDR, "10.128.0.0/24");
  loop.put(named("everything", "0.0.0.0/0"));
  loop.put(named("late"));
  loop.turn("late", 0);
  assert.deepEqual(loop.told, ["Normal CIDRNotAvailable: Node late status is now: CIDRNotAvailable"]);
});

test("nodeIpam says so when no range is left", () => {
  const loop = createPlainLoop(nodeIpam);
  loop.put(named("everything", "10.128.0.0/9"));
  loop.put(named("late"));
  loop.turn("late", 0);
  assert.deepEqual(loop.told, ["Normal CIDRNotAvailable: Node late status is now: CIDRNotAvailable"]);
});

test("nodeIpam counts through no more ranges than there may be nodes, however wide its pool and what a node has of it", () => {
  const nodeCidrs = { ranges: "fd00::/16", sizes: {} };
  const loop = createPlainLoop({ ...nodeIpam, begin: () => nodeIpam.begin({ nodeCidrs }) });
  loop.put(named("one", "fd00::/64"));
  loop.put(named("a"));
  loop.turn("a", 0);
  assert.equal(loop.all(node).find(({ metadata }) => metadata.name === "a")?.spec?.podCIDR, "fd00:0:0:1::/64");
  loop.put(named("wide", "fd00::/16"));
  loop.put(named("late"));
  loop.turn("late", 0);
  assert.deepEqual(loop.told, ["Normal CIDRNotAvailable: Node late status is now: CIDRNotAvailable"]);
});
