import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { blockingCirclesKept } from "../../../properties/mutations/blocking_circles_kept.ts";
import type * as labs from "../../../properties/stages/controllers/lab.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const namespace = "default";
const merge = "application/merge-patch+json";

function labWith(options: { seed?: number } = {}): ControllerLab {
  return createControllerLab({ loops: ["garbage-collector"], runsPods: false, ...options });
}

interface Made {
  readonly name: string;
  readonly uid: string;
}

function make(lab: ControllerLab, name: string, at = namespace): Made {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
  const answer = lab.call("create", "configmaps", { namespace: at, body });
  assert.equal(answer.code, 201, JSON.stringify(answer.body));
  return { name, uid: answer.body.metadata.uid };
}

function own(lab: ControllerLab, dependent: Made, owners: readonly Made[], at = namespace): void {
  const ownerReferences = owners.map(({ name, uid }) => {
    return { apiVersion: "v1", kind: "ConfigMap", name, uid, blockOwnerDeletion: true };
  });
  const body = { metadata: { ownerReferences } };
  lab.call("patch", "configmaps", { namespace: at, name: dependent.name, body, contentType: merge });
}

/** A circle of `size` objects, each of which blocks the next. */
function circle(lab: ControllerLab, size: number): Made[] {
  const made = Array.from({ length: size }, (_, index) => make(lab, `c${index}`));
  for (const [index, each] of made.entries()) own(lab, each, [made[(index + 1) % size] as Made]);
  lab.simulation.advance(1_000);
  return made;
}

const names = (lab: ControllerLab, at = namespace): string[] =>
  lab.all("configmaps", at).map((each) => each.metadata.name);

function remove(lab: ControllerLab, { name }: Made, propagationPolicy: string): void {
  lab.call("delete", "configmaps", { namespace, name, body: { propagationPolicy } });
}

for (const size of [1, 2, 3]) {
  test(`garbageCollector deletes a circle of ${size} blocking owners in the foreground`, () => {
    const lab = labWith();
    const [first] = circle(lab, size);
    const other = make(lab, "other");
    remove(lab, first as Made, "Foreground");
    assert.ok(
      lab.until(() => names(lab).join() === other.name),
      names(lab).join(),
    );
  });
}

test("garbageCollector deletes a circle in the background, and one whose members are all deleted in the foreground", () => {
  const lab = labWith();
  remove(lab, circle(lab, 3)[0] as Made, "Background");
  assert.ok(lab.until(() => names(lab).length === 0));
  for (const each of circle(lab, 2)) remove(lab, each, "Foreground");
  assert.ok(lab.until(() => names(lab).length === 0));
});

test("garbageCollector with the defect blockingCirclesKept never ends a circle", async () => {
  const mutated = await loadMutated<typeof labs>(blockingCirclesKept, "properties/stages/controllers/lab.ts");
  const lab = mutated.createControllerLab({ loops: ["garbage-collector"], runsPods: false });
  remove(lab, circle(lab, 2)[0] as Made, "Foreground");
  lab.simulation.advance(60_000);
  assert.deepEqual(names(lab), ["c0", "c1"]);
});

test("garbageCollector keeps a circle that something alive owns, and unblocks nothing in it", () => {
  const lab = labWith();
  const [a, b] = circle(lab, 2) as [Made, Made];
  const alive = make(lab, "alive");
  own(lab, b, [a, alive]);
  remove(lab, a, "Foreground");
  assert.ok(
    lab.until(() => names(lab).join() === "alive,c1"),
    names(lab).join(),
  );
  const [reference] = lab.one("configmaps", "c1").metadata.ownerReferences;
  assert.deepEqual([reference.name, reference.blockOwnerDeletion], ["alive", true]);
});

const edges = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 9 });
const doomed = fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 });

property(
  "garbageCollector ends every deletion in the foreground, whoever owns whom",
  [edges, doomed, fc.nat(1_000)],
  (owned, deleted, seed) => {
    const lab = labWith({ seed });
    const made = Array.from({ length: 5 }, (_, index) => make(lab, `c${index}`));
    for (const [index, each] of made.entries()) {
      const owners = new Set(owned.filter(([dependent]) => dependent === index).map(([, owner]) => owner));
      if (owners.size > 0)
        own(
          lab,
          each,
          [...owners].map((owner) => made[owner] as Made),
        );
    }
    for (const index of deleted) remove(lab, made[index] as Made, "Foreground");
    lab.simulation.advance(30_000);
    const left = names(lab);
    for (const index of deleted) assert.ok(!left.includes(`c${index}`), `c${index} of ${left}`);
    const dying = lab.all("configmaps").filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    assert.deepEqual(dying, []);
  },
  { runs: 8 },
);

function invalidOwnerEvents(lab: ControllerLab, at = namespace) {
  return lab.all("events", at).filter(({ reason }) => reason === "OwnerRefInvalidNamespace");
}

test("garbageCollector collects what names an owner of another namespace, and says so once", () => {
  const lab = labWith();
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "far" } } });
  const owner = make(lab, "owner");
  const kept = make(lab, "kept", "far");
  own(lab, make(lab, "lost", "far"), [owner], "far");
  own(lab, kept, [owner, make(lab, "near", "far")], "far");
  lab.simulation.advance(10_000);
  assert.deepEqual(names(lab, "far"), ["kept", "near"]);
  assert.deepEqual(names(lab), ["owner"]);
  const events = invalidOwnerEvents(lab, "far");
  assert.deepEqual(events.map((each) => each.involvedObject.name).sort(), ["kept", "lost"]);
  for (const { type, message, count, metadata } of events) {
    const shown = `[v1/ConfigMap, namespace: far, name: owner, uid: ${owner.uid}]`;
    assert.deepEqual([type, count, metadata.namespace], ["Warning", 1, "far"]);
    assert.equal(message, `ownerRef ${shown} does not exist in namespace "far"`);
  }
});

test("garbageCollector leaves what belongs to no namespace and names an owner that does", () => {
  const lab = labWith();
  const owner = make(lab, "owner");
  const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: owner.name, uid: owner.uid }];
  const body = { apiVersion: "v1", kind: "Node", metadata: { name: "wide", ownerReferences } };
  assert.equal(lab.call("create", "nodes", { body }).code, 201);
  lab.simulation.advance(1_000);
  remove(lab, owner, "Background");
  lab.simulation.advance(20_000);
  assert.ok(lab.all("nodes").some(({ metadata }) => metadata.name === "wide"));
  assert.equal(invalidOwnerEvents(lab)[0]?.involvedObject.name, "wide");
});
