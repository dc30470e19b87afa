import { assert, test } from "../../properties/house/test.ts";
import { answered } from "./answer.ts";
import { filledUp, founded, type Ground, nodeGroup } from "./instances.ts";
import type { BalancerOrder, CloudRequest, Instance } from "./messages.ts";
import { aurora } from "./providers/aurora.ts";
import { type CloudState, nothingRented } from "./state.ts";

const slots = [0, 1, 2].map((at) => ({
  node: `aurora-${at}`,
  ip: `192.168.0.${at + 1}`,
  podCidr: `10.244.${at}.0/24`,
  actors: [],
}));
const ground: Ground = { provider: aurora, slots, sizeMin: 2, capacity: aurora.capacity, life: 0, sinceMs: 0 };
const two = founded({ provider: "aurora", nodes: 2, slots }, ground, nothingRented);
const order: BalancerOrder = {
  name: "a1",
  service: "default/web",
  ports: [{ port: 80, nodePort: 30_080, protocol: "TCP" }],
  nodes: ["192.168.0.1"],
  sourceRanges: [],
};

const ask = (state: CloudState, request: CloudRequest, isHalf = false) => answered(state, { request, ground, isHalf });
const nodesOf = ({ instances }: CloudState) => instances.map(({ node }) => node);

test("a provider has its first instances in its zones, each with an id of its own", () => {
  assert.deepEqual(
    two.instances.map(({ node, zone, state }) => [node, zone, state]),
    [
      ["aurora-0", "aurora-1a", "running"],
      ["aurora-1", "aurora-1b", "running"],
    ],
  );
  assert.notEqual(two.instances[0]?.id, two.instances[1]?.id);
  assert.deepEqual([nodeGroup(ground, two).size, nodeGroup(ground, two).sizeMax], [2, 3]);
});

test("a group grows to its most, and gives a place again only when it has no fresh one", () => {
  const grown = ask(two, { op: "IncreaseSize", group: "aurora-pool", by: 1 });
  assert.deepEqual(nodesOf(grown.state), ["aurora-0", "aurora-1", "aurora-2"]);
  const beyond = ask(grown.state, { op: "IncreaseSize", group: "aurora-pool", by: 1 });
  assert.deepEqual([beyond.answer.ok, beyond.state], [false, grown.state]);
  const [first] = two.instances as [Instance];
  const { state: shrunk } = ask(two, { op: "DeleteNodes", group: "aurora-pool", ids: [first.id] });
  assert.deepEqual([nodesOf(shrunk), shrunk.size], [["aurora-1"], 1]);
  const again = filledUp({ ...shrunk, size: 3 }, ground);
  assert.deepEqual(nodesOf(again), ["aurora-1", "aurora-2", "aurora-0"]);
  assert.ok(!again.instances.some(({ id }) => id === first.id));
});

test("what is done by half is told as failed: a node that is gone and made again, a load balancer that leads nowhere", () => {
  const [first] = two.instances as [Instance];
  const deleted = ask(two, { op: "DeleteNodes", group: "aurora-pool", ids: [first.id] }, true);
  assert.deepEqual([deleted.answer.ok, deleted.state.size, deleted.state.instances.length], [false, 2, 2]);
  const made = ask(two, { op: "EnsureLoadBalancer", order }, true);
  assert.equal(made.answer.ok, false);
  assert.deepEqual(
    made.state.balancers.map(({ ip, nodes }) => [ip, nodes]),
    [["127.88.0.1", []]],
  );
  const whole = ask(made.state, { op: "EnsureLoadBalancer", order });
  assert.deepEqual(whole.answer, { ok: true, value: { ...order, ip: "127.88.0.1", ipMode: "VIP" } });
  const gone = ask(whole.state, { op: "EnsureLoadBalancerDeleted", name: "a1" }, true);
  assert.deepEqual([gone.answer.ok, gone.state.balancers.length], [false, 1]);
  assert.deepEqual(ask(gone.state, { op: "EnsureLoadBalancerDeleted", name: "a1" }).state.balancers, []);
});

test("load balancers have addresses of their own, the one that is asked for where it is free", () => {
  const { state: one } = ask(two, { op: "EnsureLoadBalancer", order: { ...order, ip: "127.88.0.9" } });
  const { state: both } = ask(one, { op: "EnsureLoadBalancer", order: { ...order, name: "a2", ip: "127.88.0.9" } });
  assert.deepEqual(
    both.balancers.map(({ ip }) => ip),
    ["127.88.0.9", "127.88.0.1"],
  );
  const ipOf = (wanted: object) => {
    const { answer } = ask(two, { op: "EnsureLoadBalancer", order: { ...order, ...wanted } });
    return answer.ok ? (answer.value as { ip: string }).ip : answer;
  };
  for (const ip of ["127.88.0.999", "127.88.0.x", "127.88.0.9 "]) assert.equal(ipOf({ ip }), "127.88.0.1", ip);
  assert.equal(ipOf({ ip: "FD00:127:88:0::9", families: ["IPv6"] }), "fd00:127:88::9");
  assert.equal(ipOf({ ip: "fd00:127:88::zz", families: ["IPv6"] }), "fd00:127:88::1");
});
