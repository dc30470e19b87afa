import { assert, fc, property, test } from "../../properties/house/test.ts";
import { nodeOf, podOf } from "../../properties/stages/scheduler/scheduling_objects.ts";
import { type Cache, createCache } from "./cache.ts";
import { podInfo } from "./pod_info.ts";

const pod = (name: string, more: Partial<Parameters<typeof podOf>[0]> = {}) =>
  podInfo(podOf({ name, uid: name, ...more }));

test("an assumed pod counts until it is forgotten, and a confirmed one cannot be forgotten", () => {
  const cache = createCache();
  const node = cache.setNode(nodeOf({ name: "a" }));
  cache.assume(pod("p", { requests: { cpu: "1" } }), "a");
  assert.equal(node.requested.milliCpu, 1000);
  assert.ok(cache.forget("p"));
  assert.equal(node.requested.milliCpu, 0);
  cache.assume(pod("p", { requests: { cpu: "1" } }), "a");
  cache.setPod(pod("p", { requests: { cpu: "1" } }), "a");
  assert.equal(cache.forget("p"), undefined);
  assert.equal(node.requested.milliCpu, 1000);
});

test("a pod that turns up on another node than assumed counts there only", () => {
  const cache = createCache();
  const [a, b] = ["a", "b"].map((name) => cache.setNode(nodeOf({ name })));
  cache.assume(pod("p", { requests: { cpu: "1" } }), "a");
  cache.setPod(pod("p", { requests: { cpu: "1" } }), "b");
  assert.deepEqual([a?.requested.milliCpu, b?.requested.milliCpu], [0, 1000]);
});

test("a node that is deleted is tried no more, and finds its pods again when it comes back", () => {
  const cache = createCache();
  cache.setNode(nodeOf({ name: "a" }));
  cache.setPod(pod("p", { requests: { cpu: "1" } }), "a");
  cache.assume(pod("q", { requests: { cpu: "2" } }), "a");
  cache.removeNode("a");
  assert.equal(cache.nodes().length, 0);
  cache.removePod("p");
  const back = cache.setNode(nodeOf({ name: "a" }));
  assert.deepEqual(cache.nodes(), [back]);
  assert.equal(back.requested.milliCpu, 2000);
  cache.removeNode("a");
  cache.removePod("q");
  assert.equal(cache.node("a"), undefined);
});

test("nodes come zone by zone in turn", () => {
  const cache = createCache();
  const zones = ["x", "x", "x", "y", "z", "z"];
  zones.forEach((zone, index) => {
    cache.setNode(nodeOf({ name: `${zone}${index}`, labels: { "topology.kubernetes.io/zone": zone } }));
  });
  assert.deepEqual(
    cache.nodes().map(({ name }) => name),
    ["x0", "y3", "z4", "x1", "z5", "x2"],
  );
});

test("supposing() leaves everything as it was", () => {
  const cache = createCache();
  const node = cache.setNode(nodeOf({ name: "a" }));
  const [there, other] = [pod("there", { requests: { cpu: "1" } }), pod("other", { requests: { cpu: "2" } })];
  cache.setPod(there, "a");
  const seen = cache.supposing({ node, without: [there], including: [other] }, () => node.requested.milliCpu);
  assert.equal(seen, 2000);
  assert.equal(node.requested.milliCpu, 1000);
  assert.deepEqual([...node.pods.keys()], ["there"]);
});

const name = fc.constantFrom("n0", "n1", "n2");
const uid = fc.constantFrom("p0", "p1", "p2", "p3", "p4");
const zone = fc.constantFrom("x", "y");
const shape = fc.record({
  cpu: fc.constantFrom("100m", "1", "250m"),
  app: fc.constantFrom("web", "db"),
  port: fc.constantFrom(0, 80),
  anti: fc.boolean(),
  deleted: fc.boolean(),
});
const change = fc.oneof(
  fc.record({ do: fc.constant("node" as const), name, zone, image: fc.boolean() }),
  fc.record({ do: fc.constant("nodeGone" as const), name }),
  fc.record({ do: fc.constantFrom("pod" as const, "assume" as const), uid, name, shape }),
  fc.record({ do: fc.constantFrom("podGone" as const, "forget" as const), uid }),
  fc.record({ do: fc.constant("ask" as const) }),
);

const query = {
  namespaces: ["default"],
  selector: { nothing: false, requirements: [{ key: "app", operator: "=" as const, values: ["web"] }] },
};
const zoneKey = "topology.kubernetes.io/zone";

/** All that can be asked of a cache, in an order of its own. */
function answers(cache: Cache) {
  const sorted = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const [all, living] = [true, false].map((terminating) => cache.podIndex.counts({ ...query, terminating }));
  const nodes = ["n0", "n1", "n2"].map((each) => {
    const info = cache.node(each);
    if (!info) return undefined;
    const { requested, requestedAssumed, hostPorts, pods, zone: inZone, podsMax, node } = info;
    return {
      requested,
      requestedAssumed,
      ports: hostPorts.length,
      pods: [...pods.keys()].sort(),
      inZone,
      podsMax,
      known: !!node,
    };
  });
  return {
    nodes,
    order: cache
      .nodes()
      .map((info) => info.name)
      .sort(),
    byNode: [all, living].map((counts) => sorted(counts?.byNode ?? new Map())),
    byZone: [all, living].map((counts) => sorted(counts?.byTopology(zoneKey) ?? new Map())),
    held: [...cache.terms.requiredAntiAffinity()].map((held) => [held.term.id, sorted(held.byValue())]).sort(),
    images: cache.images.nodesWith("nginx:latest"),
  };
}

property(
  "a cache kept up to date answers as one made anew from what there is",
  [fc.array(change, { maxLength: 40 })],
  (changes) => {
    const cache = createCache();
    const nodes = new Map<string, ReturnType<typeof nodeOf>>();
    for (const each of changes) {
      if (each.do === "node") {
        const images = each.image ? [{ names: ["nginx:latest"], sizeBytes: 1 }] : [];
        nodes.set(each.name, nodeOf({ name: each.name, labels: { [zoneKey]: each.zone }, images }));
        cache.setNode(nodes.get(each.name) ?? nodeOf({ name: each.name }));
      } else if (each.do === "nodeGone") {
        nodes.delete(each.name);
        cache.removeNode(each.name);
      } else if (each.do === "pod" || each.do === "assume") {
        const { cpu, app, port, anti, deleted } = each.shape;
        const term = { topologyKey: zoneKey, labelSelector: { matchLabels: { app } } };
        const info = pod(each.uid, {
          requests: { cpu, "example.com/x": "1" },
          labels: { app },
          deleted,
          hostPorts: port === 0 ? [] : [port],
          spec: anti
            ? { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
            : {},
        });
        if (each.do === "pod") cache.setPod(info, each.name);
        else if (!cache.pod(each.uid)) cache.assume(info, each.name);
      } else if (each.do === "podGone") cache.removePod(each.uid);
      else if (each.do === "forget") cache.forget(each.uid);
      else answers(cache);
    }
    const anew = createCache();
    for (const node of nodes.values()) anew.setNode(node);
    for (const { info, node } of cache.pods()) anew.setPod(info, node);
    assert.deepEqual(answers(cache), answers(anew));
  },
  { runs: 300 },
);
