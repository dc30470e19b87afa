import { assert, test } from "../../../properties/house/test.ts";
import { createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const namespace = "default";
const contentType = "application/merge-patch+json";

const web = (spec: object = {}) => ({
  apiVersion: "v1",
  kind: "ReplicationController",
  metadata: { name: "web" },
  spec: {
    replicas: 3,
    selector: { app: "web" },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "web:1" }] } },
    ...spec,
  },
});

test("replicationController keeps its number of pods, adopts what its labels select, and says how many are ready", () => {
  const lab = createControllerLab({ loops: ["replication-controller", "replica-set"] });
  const orphan = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "orphan", labels: { app: "web" } },
    spec: { containers: [{ name: "c", image: "web:1" }] },
  };
  lab.call("create", "pods", { namespace, body: orphan });
  const { body } = lab.call("create", "replicationcontrollers", { namespace, body: web() });
  const status = () => lab.one("replicationcontrollers", "web").status;
  assert.ok(lab.until(() => status().readyReplicas === 3));
  assert.deepEqual(status(), {
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    observedGeneration: 1,
  });
  const [owner] = lab.one("pods", "orphan").metadata.ownerReferences;
  assert.deepEqual([owner.apiVersion, owner.kind, owner.uid], ["v1", "ReplicationController", body.metadata.uid]);
  const late = { ...orphan, metadata: { name: "late", labels: { app: "web" } } };
  lab.call("create", "pods", { namespace, body: late });
  assert.ok(
    lab.until(() => lab.all("pods").length === 3),
    "one that is adopted is one too many",
  );
  lab.call("patch", "replicationcontrollers", { namespace, name: "web", body: { spec: { replicas: 0 } }, contentType });
  assert.ok(lab.until(() => lab.all("pods").length === 0 && status().replicas === 0));
});
