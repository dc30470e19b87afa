import { assert, test } from "../../../../properties/house/test.ts";
import type { Deployment, Frozen, ReplicaSet } from "../../../api/types.ts";
import { rollback } from "./rollback.ts";

const template = (image: string, labels: object = {}) => ({
  metadata: { labels: { app: "web", ...labels } },
  spec: { containers: [{ name: "c", image }] },
});

function setOf(revision: number, image: string, annotations: object = {}): Frozen<ReplicaSet> {
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `web-${revision}`,
      annotations: { "deployment.kubernetes.io/revision": String(revision), ...annotations },
    },
    spec: { template: template(image, { "pod-template-hash": `h${revision}` }) },
  } as unknown as Frozen<ReplicaSet>;
}

const sets = {
  old: [setOf(1, "web:1", { note: "first" }), setOf(2, "web:2")],
  newest: setOf(3, "web:3"),
  revision: 3n,
};

/** What comes of it: the image, the annotations, and what is told. */
function outcomeOf(
  to: string | undefined,
  among: typeof sets | { old: []; newest: Frozen<ReplicaSet>; revision: bigint } = sets,
) {
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "web",
      annotations: { note: "third", ...(to === undefined ? {} : { "deprecated.deployment.rollback.to": to }) },
    },
    spec: { template: template("web:3") },
  } as unknown as Frozen<Deployment>;
  const action = rollback(deployment, among);
  if (action?.op !== "update") return undefined;
  const { metadata, spec } = action.object as Frozen<Deployment>;
  const told = `${action.report?.type} ${action.report?.reason}: ${action.report?.message}`;
  return [spec.template.spec?.containers[0]?.image, spec.template.metadata?.labels, metadata.annotations, told];
}

test("rollback() makes a Deployment as it was in the revision that is asked for, 0: in the last", () => {
  const labels = { app: "web" };
  const told = (revision: number) => `Normal DeploymentRollback: Rolled back deployment "web" to revision ${revision}`;
  assert.deepEqual(outcomeOf("1"), ["web:1", labels, { note: "first" }, told(1)]);
  assert.deepEqual(outcomeOf("0"), ["web:2", labels, {}, told(2)]);
  assert.equal(outcomeOf(undefined), undefined);
  assert.equal(outcomeOf("no number"), undefined);
});

test("rollback() takes the request off where it cannot be done, and says why", () => {
  const asNow = ["web:3", { app: "web" }, { note: "third" }];
  const unchanged = 'The rollback revision contains the same template as current deployment "web"';
  assert.deepEqual(outcomeOf("3"), [...asNow, `Warning DeploymentRollbackTemplateUnchanged: ${unchanged}`]);
  const notFound = "Warning DeploymentRollbackRevisionNotFound: Unable to find";
  assert.deepEqual(outcomeOf("9"), [...asNow, `${notFound} the revision to rollback to.`]);
  const alone = { old: [] as [], newest: setOf(1, "web:3"), revision: 1n };
  assert.deepEqual(outcomeOf("0", alone), [...asNow, `${notFound} last revision.`]);
});
