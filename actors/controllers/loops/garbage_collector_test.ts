import { loadMutated } from "../../../properties/engine/load_mutated.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { absentOwnersUnverified } from "../../../properties/mutations/absent_owners_unverified.ts";
import { ownersByNameOnly } from "../../../properties/mutations/owners_by_name_only.ts";
import * as labs from "../../../properties/stages/controllers/lab.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";
import { garbageCollector } from "./garbage_collector.ts";

const namespace = "default";
const labPath = "properties/stages/controllers/lab.ts";
const loops = ["garbage-collector"];

interface Owner {
  readonly name: string;
  readonly uid: string;
  readonly blocks?: boolean;
}

function make(lab: ControllerLab, name: string, owners: readonly Owner[] = []) {
  const ownerReferences = owners.map((each) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    name: each.name,
    uid: each.uid,
    ...(each.blocks && { blockOwnerDeletion: true }),
  }));
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ownerReferences } };
  const answer = lab.call("create", "configmaps", { namespace, body });
  assert.equal(answer.code, 201, JSON.stringify(answer.body));
  return { name, uid: answer.body.metadata.uid as string };
}

const names = (lab: ControllerLab) => lab.all("configmaps").map((each) => each.metadata.name);
const remove = (lab: ControllerLab, name: string, propagationPolicy?: string) =>
  lab.call("delete", "configmaps", { namespace, name, body: propagationPolicy ? { propagationPolicy } : {} });

test("garbageCollector deletes dependents in the background, generation by generation", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  const a = make(lab, "a");
  const b = make(lab, "b", [a]);
  make(lab, "c", [b]);
  make(lab, "other");
  remove(lab, "a", "Background");
  assert.ok(lab.until(() => names(lab).join() === "other"));
});

test("garbageCollector keeps what still has an owner, and takes the reference to the lost one away", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  const [a, b] = [make(lab, "a"), make(lab, "b")];
  make(lab, "c", [a, b]);
  remove(lab, "a");
  assert.ok(lab.until(() => lab.one("configmaps", "c").metadata.ownerReferences.length === 1));
  assert.equal(lab.one("configmaps", "c").metadata.ownerReferences[0].uid, b.uid);
});

test("garbageCollector looks at an object when it has other owners, not whenever it is written", () => {
  const of = garbageCollector.watches.find(({ kind }) => kind.plural === "configmaps");
  const listers = { derived: [], of: () => ({ by: () => [], get: () => undefined }) };
  const object = (owners: readonly string[], data: string) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "c",
      namespace,
      uid: "c",
      ownerReferences: owners.map((name) => ({ apiVersion: "v1", kind: "ConfigMap", name, uid: name })),
    },
    data: { data },
  });
  const keys = (change: object) => of?.keys?.(change as never, { listers } as never);
  assert.deepEqual(keys({ type: "added", object: object(["a"], "1") }), ["/configmaps|default/c"]);
  assert.deepEqual(keys({ type: "updated", object: object(["a"], "2"), previous: object(["a"], "1") }), []);
  const changed = { type: "updated", object: object(["a", "b"], "2"), previous: object(["a"], "2") };
  assert.deepEqual(keys(changed), ["/configmaps|default/c"]);
});

test("garbageCollector deletes in the foreground: the owner goes last", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  const a = make(lab, "a");
  make(lab, "b", [{ ...a, blocks: true }]);
  lab.call("patch", "configmaps", {
    namespace,
    name: "b",
    body: { metadata: { finalizers: ["test/hold"] } },
    contentType: "application/merge-patch+json",
  });
  remove(lab, "a", "Foreground");
  lab.simulation.advance(5_000);
  assert.deepEqual(names(lab), ["a", "b"]);
  assert.ok(lab.one("configmaps", "b").metadata.deletionTimestamp);
  lab.call("patch", "configmaps", {
    namespace,
    name: "b",
    body: { metadata: { finalizers: null } },
    contentType: "application/merge-patch+json",
  });
  assert.ok(lab.until(() => names(lab).length === 0));
});

test("garbageCollector orphans: dependents live on without the reference", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  const a = make(lab, "a");
  make(lab, "b", [a]);
  remove(lab, "a", "Orphan");
  assert.ok(
    lab.until(() => names(lab).join() === "b" && lab.one("configmaps", "b").metadata.ownerReferences === undefined),
  );
});

test("garbageCollector deletes what names an owner that was never there", () => {
  const lab = createControllerLab({ loops, runsPods: false });
  make(lab, "b", [{ name: "never", uid: "11111111-1111-4111-8111-111111111111" }]);
  assert.ok(lab.until(() => names(lab).length === 0));
});

/** The owner is deleted and another one created under its name at once. */
function afterRebirth({ createControllerLab }: typeof labs): string[] {
  const lab = createControllerLab({ loops, runsPods: false });
  make(lab, "b", [make(lab, "a")]);
  lab.simulation.advance(1_000);
  // It learns of both at once.
  const actor = "manager-0/garbage-collector";
  const end = lab.simulation.faults.begin({ kind: "pause", parameters: { actor } });
  remove(lab, "a", "Background");
  make(lab, "a");
  end();
  lab.simulation.advance(10_000);
  return names(lab);
}

test("garbageCollector is not misled by a namesake of the owner, but is with the defect ownersByNameOnly", async () => {
  assert.deepEqual(afterRebirth(labs), ["a"]);
  assert.deepEqual(afterRebirth(await loadMutated(ownersByNameOnly, labPath)), ["a", "b"]);
});

/** Owners are created just before their dependents, while the collector hears of both late and out of order. */
function survivors(seed: number, { createControllerLab }: typeof labs): number {
  const lab = createControllerLab({ loops, runsPods: false, seed });
  const parameters = { from: ["apiserver-0"], to: ["manager-0/garbage-collector"], delayMsMax: 300 };
  lab.simulation.faults.begin({ kind: "reordering", parameters });
  for (let index = 0; index < 6; index++) {
    const body = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: `owner-${index}` } };
    const { name, uid } = lab.call("create", "serviceaccounts", { namespace, body }).body.metadata;
    const ownerReferences = [{ apiVersion: "v1", kind: "ServiceAccount", name, uid }];
    const metadata = { name: `dependent-${index}`, ownerReferences };
    lab.call("create", "configmaps", { namespace, body: { apiVersion: "v1", kind: "ConfigMap", metadata } });
  }
  lab.simulation.advance(20_000);
  return names(lab).length;
}

property(
  "garbageCollector never deletes what has a living owner",
  [fc.nat(1_000)],
  (seed) => assert.equal(survivors(seed, labs), 6),
  { runs: 4 },
);

test("garbageCollector with the defect absentOwnersUnverified deletes what has a living owner", async () => {
  const mutated = await loadMutated<typeof labs>(absentOwnersUnverified, labPath);
  const left = [1, 2, 3, 4].map((seed) => survivors(seed, mutated));
  assert.ok(Math.min(...left) < 6, String(left));
});
