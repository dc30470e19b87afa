import { assert, fc, property, test } from "../../../properties/house/test.ts";
import type { Frozen, Node } from "../../api/types.ts";
import { createZones } from "./zones.ts";

const nodeIn = (zone: string, name: string): Frozen<Node> => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { "topology.kubernetes.io/zone": zone } },
  spec: {},
  status: {},
});

/** Zones with so many nodes, of which so many are not ready. */
function zonesOf(parts: Record<string, readonly [nodes: number, notReady: number]>) {
  const zones = createZones();
  for (const [zone, [nodes, notReady]] of Object.entries(parts)) {
    for (let index = 0; index < nodes; index++) zones.note(nodeIn(zone, `${zone}-${index}`), index >= notReady);
  }
  return zones;
}

test("createZones() takes a zone for partly disrupted from 55 percent and three nodes on, and for fully without a ready one", () => {
  assert.equal(zonesOf({ a: [10, 5] }).stateOf("a-0"), "normal");
  assert.equal(zonesOf({ a: [10, 6] }).stateOf("a-0"), "partial");
  assert.equal(zonesOf({ a: [3, 2] }).stateOf("a-0"), "normal");
  assert.equal(zonesOf({ a: [1, 1] }).stateOf("a-0"), "full");
});

test("createZones() permits one node in ten seconds, in a large zone that is partly disrupted one in a hundred, in a small one none", () => {
  const normal = zonesOf({ a: [10, 2] });
  assert.equal(normal.permit("a-0", 1_000), 0);
  assert.equal(normal.permit("a-1", 1_000), 10_000);
  assert.equal(normal.permit("a-1", 11_000), 0);
  const large = zonesOf({ a: [60, 40] });
  assert.equal(large.permit("a-0", 1_000), 0);
  assert.equal(large.permit("a-1", 1_000), 100_000);
  assert.equal(zonesOf({ a: [10, 6] }).permit("a-0", 1_000), undefined);
});

test("createZones() is all down only when no zone has a ready node", () => {
  assert.ok(zonesOf({ a: [2, 2], b: [1, 1] }).isAllDown());
  assert.ok(!zonesOf({ a: [2, 2], b: [2, 1] }).isAllDown());
  assert.ok(!zonesOf({}).isAllDown());
});

const notes = fc.array(
  fc.record({
    name: fc.constantFrom("1", "2", "3", "4"),
    zone: fc.constantFrom("a", "b"),
    isReady: fc.boolean(),
    isGone: fc.boolean(),
  }),
  { maxLength: 30 },
);

property("createZones() knows of each node what was said last, whichever zone it moved to", [notes], (all) => {
  const zones = createZones();
  const last = new Map<string, { zone: string; isReady: boolean }>();
  for (const { name, zone, isReady, isGone } of all) {
    if (isGone) zones.forget(name);
    else zones.note(nodeIn(zone, name), isReady);
    if (isGone) last.delete(name);
    else last.set(name, { zone, isReady });
  }
  const known = [...last.values()];
  const states = new Map(
    ["a", "b"].map((zone) => {
      const inZone = known.filter((each) => each.zone === zone);
      const isFull = inZone.length > 0 && inZone.every(({ isReady }) => !isReady);
      return [zone, isFull];
    }),
  );
  for (const [name, { zone }] of last) assert.equal(zones.stateOf(name) === "full", states.get(zone));
  assert.equal(zones.isAllDown(), known.length > 0 && known.every(({ isReady }) => !isReady));
});
