import { assert, test } from "../../properties/house/test.ts";
import { podRules as podKind } from "./kinds/pod.ts";
import { takeResize, validateResize } from "./pod_resize.ts";
import { type Pod, type ResourceRequirements, thaw } from "./types.ts";

function podWith(resources: ResourceRequirements): Pod {
  const pod: Pod = {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: { name: "p", namespace: "default", generation: 3, resourceVersion: "7" },
    spec: {
      containers: [{ name: "main", image: "nginx:1", resources }],
      initContainers: [{ name: "init", image: "nginx:1" }],
      nodeName: "n",
    },
    status: { phase: "Running" },
  };
  podKind.applyDefaults(pod);
  return pod;
}

const half: ResourceRequirements = { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "1" } };
const errorsOf = (pod: Pod, old = podWith(half)) =>
  validateResize(pod, old).map(({ field, detail }) => `${field}: ${detail}`);

test("takeResize() takes what containers are to have and nothing else, and counts a generation when that changes", () => {
  const old = podWith(half);
  const draft = podWith({ requests: { cpu: "700m", memory: "1Gi" }, limits: { cpu: "1" } });
  draft.spec.nodeName = "other";
  draft.status = { phase: "Failed" };
  draft.metadata.labels = { a: "b" };
  takeResize(draft, old);
  assert.deepEqual([draft.spec.nodeName, draft.status.phase, draft.metadata.labels], ["n", "Running", undefined]);
  assert.equal(draft.metadata.generation, 4);
  assert.equal(draft.spec.containers[0]?.resources?.requests?.cpu, "700m");
  const again = thaw<Pod>(draft);
  takeResize(again, draft);
  assert.equal(again.metadata.generation, 4);
});

test("validateResize() lets CPU and memory change, and be added, while the quality of service stays", () => {
  const more = { requests: { cpu: "700m", memory: "2Gi" }, limits: { cpu: "1", memory: "3Gi" } };
  assert.deepEqual(errorsOf(podWith(more)), []);
  assert.deepEqual(errorsOf(podWith({ requests: { cpu: "1" } }), podWith({})), [
    "spec: Pod QOS Class may not change as a result of resizing",
  ]);
});

test("validateResize() says what may not change", () => {
  const storage = { ...half, requests: { ...half.requests, "ephemeral-storage": "1Gi" } };
  assert.deepEqual(errorsOf(podWith(storage)), ["spec: only cpu and memory resources are mutable"]);
  const fewer = podWith({ requests: { memory: "1Gi" } });
  assert.deepEqual(errorsOf(fewer), [
    "spec.containers[0].resources.requests: resource requests cannot be removed",
    "spec.containers[0].resources.limits: resource limits cannot be removed",
  ]);
  const renamed = podWith(half);
  if (renamed.spec.containers[0]) renamed.spec.containers[0].name = "other";
  assert.deepEqual(errorsOf(renamed), [
    "spec.containers[0].name: containers may not be renamed or reordered on resize",
  ]);
  const policy = podWith(half);
  if (policy.spec.containers[0]) {
    policy.spec.containers[0].resizePolicy = [{ resourceName: "cpu", restartPolicy: "RestartContainer" }];
  }
  assert.deepEqual(errorsOf(policy), ["spec: only cpu and memory resources are mutable"]);
  const init = podWith(half);
  if (init.spec.initContainers?.[0]) init.spec.initContainers[0].resources = { requests: { cpu: "1m" } };
  assert.deepEqual(errorsOf(init), [
    "spec.initContainers[0].resources: resources for non-sidecar init containers are immutable",
  ]);
  const windows = podWith(half);
  windows.spec.os = { name: "windows" };
  assert.deepEqual(errorsOf(windows, windows), [": windows pods cannot be resized"]);
  const levelled = podWith(half);
  Object.assign(levelled.spec, { resources: { requests: { cpu: "1" } } });
  assert.deepEqual(errorsOf(levelled, levelled), [": pods with pod-level resources cannot be resized"]);
  const above = podWith({ requests: { cpu: "2", memory: "1Gi" }, limits: { cpu: "1" } });
  assert.deepEqual(errorsOf(above), [
    "spec.containers[0].resources.requests: must be less than or equal to cpu limit of 1",
  ]);
});
