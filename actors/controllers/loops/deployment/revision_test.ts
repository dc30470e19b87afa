import { assert, test } from "../../../../properties/house/test.ts";
import type { Deployment, Frozen, ReplicaSet } from "../../../api/types.ts";
import { newSetAnnotations, nextRevision, numberIn, revisionAnnotation } from "./revision.ts";

const history = "deployment.kubernetes.io/revision-history";

function deploymentWith(annotations: Record<string, string>): Frozen<Deployment> {
  return { metadata: { name: "web", annotations } } as unknown as Frozen<Deployment>;
}

test("newSetAnnotations() passes on a Deployment's annotations but for those that are its own", () => {
  const own = { [revisionAnnotation]: "7", "kubectl.kubernetes.io/last-applied-configuration": "{}" };
  const annotations = newSetAnnotations(deploymentWith({ "kubernetes.io/change-cause": "why", ...own }), {
    revision: 1n,
  });
  assert.deepEqual(annotations, { "kubernetes.io/change-cause": "why", [revisionAnnotation]: "1" });
});

test("newSetAnnotations() raises the revision, never lowers it, and remembers the former ones", () => {
  const deployment = deploymentWith({});
  const before = { [revisionAnnotation]: "2" };
  const raised = newSetAnnotations(deployment, { before, revision: 5n });
  assert.deepEqual(raised, { [revisionAnnotation]: "5", [history]: "2" });
  assert.deepEqual(newSetAnnotations(deployment, { before: raised, revision: 5n }), raised);
  assert.deepEqual(newSetAnnotations(deployment, { before: raised, revision: 3n }), raised);
  assert.equal(newSetAnnotations(deployment, { before: raised, revision: 8n })[history], "2,5");
});

test("newSetAnnotations() forgets the oldest revisions when there are too many to write down", () => {
  let annotations: Record<string, string> = { [revisionAnnotation]: "1" };
  for (let revision = 2n; revision < 800n; revision++) {
    annotations = newSetAnnotations(deploymentWith({}), { before: annotations, revision });
  }
  const kept = annotations[history] ?? "";
  assert.ok(kept.length <= 2_000 && kept.endsWith(",798") && !kept.startsWith("1,"));
});

test("numberIn() reads whole numbers only", () => {
  assert.equal(numberIn({ a: "3" }, "a"), 3);
  assert.equal(numberIn({ a: "3.5" }, "a"), undefined);
  assert.equal(numberIn({ a: "x" }, "a"), undefined);
  assert.equal(numberIn(undefined, "a"), undefined);
});

test("nextRevision() keeps all digits of 64 bits, and passes over what is no revision", () => {
  const set = (revision: string) => deploymentWith({ [revisionAnnotation]: revision }) as unknown as Frozen<ReplicaSet>;
  const next = nextRevision([set("9007199254740993"), set("5"), set("x"), set("9223372036854775808")]);
  assert.equal(next, 9007199254740994n);
  const made = newSetAnnotations(deploymentWith({}), {
    before: { [revisionAnnotation]: "9007199254740993" },
    revision: next,
  });
  assert.deepEqual(made, { [revisionAnnotation]: "9007199254740994", [history]: "9007199254740993" });
  const strange = { [revisionAnnotation]: "x" };
  assert.deepEqual(newSetAnnotations(deploymentWith({}), { before: strange, revision: 1n }), strange);
  assert.equal(nextRevision([]), 1n);
});
