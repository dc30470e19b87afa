import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import { scaledValue } from "../../pods/int_or_percent.ts";
import { type Bounds, boundsOf, newSetSize, type SetSize, scaleInProportion, shrinkOld } from "./rolling.ts";

test("scaledValue() takes numbers as they are, and shares rounded up or down", () => {
  assert.equal(scaledValue(3, 10, "up"), 3);
  assert.equal(scaledValue("25%", 10, "up"), 3);
  assert.equal(scaledValue("25%", 10, "down"), 2);
  assert.equal(scaledValue("100%", 7, "down"), 7);
  assert.equal(scaledValue("0%", 7, "up"), 0);
});

test("boundsOf() leaves one pod to spare when neither surge nor unavailability is allowed", () => {
  assert.deepEqual(boundsOf(1, { maxSurge: "0%", maxUnavailable: "25%" }), { desired: 1, surge: 0, unavailable: 1 });
  assert.deepEqual(boundsOf(4, { maxSurge: "25%", maxUnavailable: "25%" }), { desired: 4, surge: 1, unavailable: 1 });
  assert.deepEqual(boundsOf(0, { maxSurge: 0, maxUnavailable: 0 }), { desired: 0, surge: 0, unavailable: 0 });
  assert.deepEqual(boundsOf(2, { maxSurge: 0, maxUnavailable: 5 }), { desired: 2, surge: 0, unavailable: 2 });
});

const bounds: fc.Arbitrary<Bounds> = fc
  .record({ desired: fc.nat(12), maxSurge: fc.nat(6), maxUnavailable: fc.nat(6) })
  .map(({ desired, ...strategy }) => boundsOf(desired, strategy));
const sizes = fc.array(
  fc.record({ replicas: fc.nat(10), share: fc.double({ min: 0, max: 1, noNaN: true }), createdMs: fc.nat(5) }),
  { minLength: 1, maxLength: 4 },
);
const setsOf = (parts: readonly { replicas: number; share: number; createdMs: number }[]): SetSize[] =>
  parts.map(({ replicas, share, createdMs }, index) => ({
    name: `set-${index}`,
    replicas,
    available: Math.floor(replicas * share),
    createdMs,
  }));
const total = (sets: readonly SetSize[], of: "replicas" | "available") => sets.reduce((sum, set) => sum + set[of], 0);

property(
  "newSetSize() never grows beyond the surge, nor beyond what is wished for",
  [bounds, fc.nat(30), fc.nat(12)],
  (limits, others, current) => {
    const wanted = Math.min(current, limits.desired);
    const size = newSetSize(limits, { total: others + wanted, current: wanted });
    assert.ok(size >= wanted && size <= Math.max(wanted, limits.desired));
    assert.ok(size === wanted || others + size <= limits.desired + limits.surge);
  },
);

/** What is left available when sets shrink, given that pods that are not available go first. */
function availableAfter(sets: readonly SetSize[], shrunk: ReadonlyMap<string, number>): number {
  return sets.reduce((sum, set) => sum + Math.min(set.available, shrunk.get(set.name) ?? set.replicas), 0);
}

property(
  "shrinkOld() leaves as many pods available as must be, or as there were",
  [bounds, sizes, fc.nat(10)],
  (limits, parts, fresh) => {
    const [newSet, ...old] = setsOf([{ replicas: fresh, share: 1, createdMs: 9 }, ...parts]) as [SetSize, ...SetSize[]];
    const newest = { ...newSet, available: Math.floor(fresh / 2) };
    const shrunk = shrinkOld(limits, { newSet: newest, old });
    for (const set of old) {
      const size = shrunk.get(set.name) ?? set.replicas;
      assert.ok(size >= 0 && size <= set.replicas);
    }
    const before = newest.available + total(old, "available");
    const after = newest.available + availableAfter(old, shrunk);
    assert.ok(after >= Math.min(before, limits.desired - limits.unavailable));
  },
);

property(
  "a rollout by newSetSize() and shrinkOld() ends, within its bounds all the way, whichever pods become available when",
  [bounds, sizes, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }))],
  (limits, parts, luck) => {
    fc.pre(limits.desired > 0);
    let newest: SetSize = { name: "new", replicas: 0, available: 0, createdMs: 9 };
    let old = setsOf(parts);
    const ceiling = Math.max(total(old, "replicas"), limits.desired + limits.surge);
    const isDone = () => newest.available === limits.desired && total(old, "replicas") === 0;
    for (let round = 0; round < 400 && !isDone(); round++) {
      const size = newSetSize(limits, { total: total([...old, newest], "replicas"), current: newest.replicas });
      const floor = Math.min(total([...old, newest], "available"), limits.desired - limits.unavailable);
      if (size !== newest.replicas) newest = { ...newest, replicas: size };
      else {
        const shrunk = shrinkOld(limits, { newSet: newest, old });
        old = old.map((set) => {
          const replicas = shrunk.get(set.name) ?? set.replicas;
          return { ...set, replicas, available: Math.min(set.available, replicas) };
        });
      }
      assert.ok(total([...old, newest], "replicas") <= ceiling);
      assert.ok(total([...old, newest], "available") >= floor);
      // Some of the new pods become available.
      const waiting = newest.replicas - newest.available;
      const more = round % 3 === 2 ? waiting : Math.floor(waiting * luck.next().value);
      newest = { ...newest, available: newest.available + more };
    }
    assert.ok(isDone(), JSON.stringify({ limits, newest, old }));
  },
);

property(
  "scaleInProportion() gives all sets together what is allowed, and to none less than nothing",
  [bounds, sizes],
  (limits, parts) => {
    const sets = setsOf(parts).map((set) => ({ ...set, replicasMaxBefore: total(setsOf(parts), "replicas") }));
    const active = sets.filter(({ replicas }) => replicas > 0);
    const scaled = scaleInProportion(limits, sets, total(sets, "replicas"));
    assert.deepEqual(new Set(scaled.keys()), new Set(active.map(({ name }) => name)));
    if (active.length === 0) return;
    const sum = [...scaled.values()].reduce((all, each) => all + each, 0);
    assert.ok([...scaled.values()].every((each) => each >= 0));
    assert.equal(sum, limits.desired === 0 ? 0 : limits.desired + limits.surge);
  },
);

test("scaleInProportion() spreads a change as Kubernetes' documentation has it", () => {
  // 10 replicas in the middle of a rollout (8 old, 5 new, surge 3) scaled to 15.
  const sets: SetSize[] = [
    { name: "old", replicas: 8, available: 8, createdMs: 0, replicasMaxBefore: 13 },
    { name: "new", replicas: 5, available: 0, createdMs: 1, replicasMaxBefore: 13 },
  ];
  assert.deepEqual(
    [...scaleInProportion({ desired: 15, surge: 3, unavailable: 2 }, sets, 13)],
    [
      ["old", 11],
      ["new", 7],
    ],
  );
});
