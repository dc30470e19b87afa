import { assert, test } from "../../../../properties/house/test.ts";
import type { DaemonSet } from "../../../api/kinds/daemon_set.ts";
import type { Pod } from "../../../api/types.ts";
import { boundsOf, type NodePods, rollOut, surges } from "./rolling.ts";

const setOf = (rollingUpdate: object, type = "RollingUpdate") =>
  ({ metadata: {}, spec: { updateStrategy: { type, rollingUpdate } } }) as unknown as DaemonSet;

/**
 * Nodes n0, n1, ... with daemons as letters say: old or new, a capital where it is not available, x where it goes; a
 * node whose letters begin with `!` is one that the set does not want any more.
 */
function nodesOf(places: readonly string[]): NodePods[] {
  return places.map((place, index) => ({
    node: `n${index}`,
    placement: { shouldRun: !place.startsWith("!"), mayStay: true },
    pods: [...place.replace("!", "")].map((letter) => {
      const hash = letter.toLowerCase() === "n" ? "new" : "old";
      const status = letter === "o" || letter === "n" ? "True" : "False";
      return {
        metadata: {
          name: `${letter}${index}`,
          labels: { "controller-revision-hash": hash },
          ...(letter === "x" && { deletionTimestamp: "2026-01-01T00:00:00Z" }),
        },
        status: { conditions: [{ type: "Ready", status }] },
      } as unknown as Pod;
    }),
  }));
}

/** The daemons that go and the nodes that get one. */
function step(rollingUpdate: object, ...places: string[]): string {
  const nodes = nodesOf(places);
  const { create, remove } = rollOut({ set: setOf(rollingUpdate), hash: "new", nodes, nowMs: 0 });
  return [...remove.map(({ metadata }) => `-${metadata.name}`), ...create.map((node) => `+${node}`)].join(" ");
}

test("boundsOf() rounds shares up, keeps one node to spare where both are zero, and is nothing with OnDelete", () => {
  const bounds = (rollingUpdate: object, nodes: number) => Object.values(boundsOf(setOf(rollingUpdate), nodes));
  assert.deepEqual(bounds({ maxUnavailable: "30%", maxSurge: 0 }, 5), [2, 0]);
  assert.deepEqual(bounds({ maxUnavailable: 0, maxSurge: "30%" }, 5), [0, 2]);
  assert.deepEqual(bounds({ maxUnavailable: "0%", maxSurge: "0%" }, 5), [1, 0]);
  assert.deepEqual(bounds({}, 5), [1, 0]);
  assert.deepEqual(Object.values(boundsOf(setOf({}, "OnDelete"), 5)), [0, 0]);
  assert.deepEqual([surges(setOf({ maxSurge: "1%" })), surges(setOf({ maxSurge: 0 }))], [true, false]);
});

test("rollOut() replaces old daemons that are not available at once, and of the others as many as may be missing", () => {
  const two = { maxUnavailable: 2 };
  assert.equal(step(two, "o", "o", "o", "o"), "-o0 -o1");
  assert.equal(step(two, "o", "N", "o", "o"), "-o0");
  assert.equal(step(two, "N", "N", "o", "o"), "");
  // Old ones that are broken are no loss, and do not count.
  assert.equal(step(two, "O", "O", "O", "o"), "-O0 -O1 -O2 -o3");
  assert.equal(step(two, "N", "N", "O", "o"), "-O2");
  // Nodes without one, with one that goes, or with several are as good as unavailable.
  assert.equal(step(two, "", "x", "o", "o"), "");
  assert.equal(step(two, "oo", "o", "o"), "-o1");
  assert.equal(step(two, "n", "n", "n"), "");
});

test("rollOut() with surge makes new daemons beside the old, and takes the old when the new are available", () => {
  const one = { maxSurge: 1, maxUnavailable: 0 };
  assert.equal(step(one, "o", "o", "o"), "+n0");
  assert.equal(step(one, "oN", "o", "o"), "");
  assert.equal(step(one, "on", "o", "o"), "-o0 +n1");
  // An old one that is not available has nothing to lose, whatever surges elsewhere.
  assert.equal(step(one, "oN", "O", "O"), "+n1 +n2");
  assert.equal(step(one, "n", "n", "n"), "");
});

test("rollOut() with surge leaves a node that is not wanted its daemon until enough others are available", () => {
  const one = { maxSurge: 1, maxUnavailable: 0 };
  assert.equal(step(one, "!o", "N"), "");
  assert.equal(step(one, "!o", "n"), "-o0");
  assert.equal(step(one, "!O", "N"), "-O0");
});
