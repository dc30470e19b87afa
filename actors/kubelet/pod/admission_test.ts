import { assert, test } from "../../../properties/house/test.ts";
import type { Node, Pod, PodSpec } from "../../api/types.ts";
import { admit } from "./admission.ts";

const node: Node = {
  ...{
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "node-1", labels: { "kubernetes.io/os": "linux" } },
    spec: {},
  },
  status: { allocatable: { pods: "110", cpu: "4", memory: "8Gi" } },
};

function judged(spec: Partial<PodSpec>) {
  const metadata = { name: "p", namespace: "default" };
  const pod: Pod = { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [], ...spec }, status: {} };
  return admit(pod, { node, others: [] });
}

test("admit() turns away pods that are made for another operating system, by what they say of it", () => {
  assert.equal(judged({}), undefined);
  assert.equal(judged({ os: { name: "linux" }, nodeSelector: { "kubernetes.io/os": "linux" } }), undefined);
  assert.deepEqual(judged({ os: { name: "windows" } }), {
    ...{ reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS" },
  });
  assert.deepEqual(judged({ nodeSelector: { "kubernetes.io/os": "windows" } }), {
    reason: "PodOSSelectorNodeLabelDoesNotMatch",
    message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
  });
});
