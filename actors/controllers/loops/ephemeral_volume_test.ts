import { assert, test } from "../../../properties/house/test.ts";
import { createPlainLoop } from "../../../properties/stages/controllers/plain_loop.ts";
import { claimNamed } from "../../../properties/stages/storage/storage_objects.ts";
import { persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { ephemeralVolume } from "./ephemeral_volume.ts";

const template = { metadata: { labels: { a: "b" } }, spec: { resources: { requests: { storage: "1Gi" } } } };
const pod = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default", uid: `uid-${name}`, ...more },
  spec: {
    containers: [{ name: "c", image: "c" }],
    volumes: [
      { name: "scratch", ephemeral: { volumeClaimTemplate: template } },
      { name: "e", emptyDir: {} },
    ],
  },
});

test("ephemeralVolume makes a pod's own claims once, and takes nobody else's for them", () => {
  const loop = createPlainLoop(ephemeralVolume);
  loop.put(pod("p"));
  loop.put(pod("q"));
  loop.put(pod("going", { deletionTimestamp: "2026-01-01T00:00:00Z" }));
  loop.put(claimNamed("q-scratch"));
  for (const name of ["p", "q", "going"]) loop.turn(`default/${name}`, 0);
  const lines = loop
    .all(persistentVolumeClaim)
    .map(({ metadata }) => `${metadata.name} ${metadata.labels?.a} ${metadata.ownerReferences?.[0]?.uid}`);
  assert.deepEqual(lines.sort(), ["p-scratch b uid-p", "q-scratch undefined undefined"]);
  assert.deepEqual(loop.told, [
    "Warning FailedBinding: ephemeral volume scratch: PVC default/q-scratch was not created for pod default/q (pod is not owner)",
  ]);
  assert.deepEqual(loop.turn("default/p", 0)?.actions, []);
});
