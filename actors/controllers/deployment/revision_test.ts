import { assert, test } from "../../../properties/test.ts";
import type { Deployment, Frozen } from "../../api/types.ts";
import { newSetAnnotations, numberIn, revisionAnnotation } from "./revision.ts";

const history = "deployment.kubernetes.io/revision-history";

function deploymentWith(annotations: Record<string, string>): Frozen<Deployment> {
  return { metadata: { name: "web", annotations } } as unknown as Frozen<Deployment>;
}

test("newSetAnnotations() passes on a Deployment's annotations but for those that are its own", () => {
  const own = { [revisionAnnotation]: "7", "kubectl.kubernetes.io/last-applied-configuration": "{}" };
  const annotations = newSetAnnotations(deploymentWith({ "kubernetes.io/change-cause": "why", ...own }), {
    revision: 1,
  });
  assert.deepEqual(annotations, { "kubernetes.io/change-cause": "why", [revisionAnnotation]: "1" });
});

test("newSetAnnotations() raises the revision, never lowers it, and remembers the former ones", () => {
  const deployment = deploymentWith({});
  const before = { [revisionAnnotation]: "2" };
  const raised = newSetAnnotations(deployment, { before, revision: 5 });
  assert.deepEqual(raised, { [revisionAnnotation]: "5", [history]: "2" });
  assert.deepEqual(newSetAnnotations(deployment, { before: raised, revision: 5 }), raised);
  assert.deepEqual(newSetAnnotations(deployment, { before: raised, revision: 3 }), raised);
  assert.equal(newSetAnnotations(deployment, { before: raised, revision: 8 })[history], "2,5");
});

test("newSetAnnotations() forgets the oldest revisions when there are too many to write down", () => {
  let annotations: Record<string, string> = { [revisionAnnotation]: "1" };
  for (let revision = 2; revision < 800; revision++) {
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
