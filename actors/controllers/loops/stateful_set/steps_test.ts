import { assert, test } from "../../../../properties/house/test.ts";
import type { PersistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import type { StatefulSet } from "../../../api/kinds/stateful_set.ts";
import { nextSteps } from "./steps.ts";

const labels = { app: "db" };
const set: StatefulSet = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "db", namespace: "default", uid: "set-1" },
  spec: {
    replicas: 1,
    serviceName: "dbs",
    selector: { matchLabels: labels },
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }],
    template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "db:1" }] } },
  },
  status: { replicas: 0 },
};

test("nextSteps() gives no pod a claim that goes, or that is to go with the pod of its name before it", () => {
  const revised = { revision: "db-1", template: set.spec.template };
  const opsWith = (metadata: object) => {
    const claim = { metadata: { name: "data-db-0", ...metadata } } as PersistentVolumeClaim;
    const scene = { set, pods: [], claims: () => claim, minReadySeconds: 0, nowMs: 0 };
    return nextSteps({ ...scene, current: revised, update: revised }).map(
      ({ op, report }) => `${op}: ${report?.message}`,
    );
  };
  assert.deepEqual(opsWith({}), ["create: create Pod db-0 in StatefulSet db successful"]);
  assert.deepEqual(opsWith({ ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "db-0", uid: "1" }] }), []);
  const text = "tell: create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted";
  assert.deepEqual(opsWith({ deletionTimestamp: "2026-01-01T00:00:00Z" }), [text]);
});
