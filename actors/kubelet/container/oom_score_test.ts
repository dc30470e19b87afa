import { assert, test } from "../../../properties/house/test.ts";
import type { Pod } from "../../api/types.ts";
import { oomScoreAdj } from "./oom_score.ts";

const memoryBytes = 1000 * 1024 * 1024;
const asking = (name: string, memory?: string, limit?: string, more: object = {}) => ({
  ...{ name, image: "a" },
  resources: {
    ...(memory && { requests: { memory, cpu: "1" } }),
    ...(limit && { limits: { memory: limit, cpu: "1" } }),
  },
  ...more,
});

function scoresOf(spec: object): readonly number[] {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec, status: {} } as unknown as Pod;
  const { initContainers = [], containers } = pod.spec;
  return [...initContainers, ...containers].map((each) => oomScoreAdj(each, pod, memoryBytes));
}

test("oomScoreAdj() spares who asks for all that it may have, and ends those first who ask for nothing", () => {
  assert.deepEqual(scoresOf({ containers: [asking("c", "100Mi", "100Mi")] }), [-997]);
  assert.deepEqual(scoresOf({ containers: [asking("c")] }), [1000]);
  assert.deepEqual(scoresOf({ containers: [asking("c")], priorityClassName: "system-node-critical" }), [-997]);
});

test("oomScoreAdj() is the lower the more of its node a container asks for, within what is its class's", () => {
  const containers = [asking("none"), asking("some", "100Mi"), asking("most", "999Mi"), asking("little", "1Ki")];
  assert.deepEqual(scoresOf({ containers }), [999, 900, 3, 999]);
});

test("oomScoreAdj() has a sidecar outlive who asks for the least, and shares out what the pod asks for", () => {
  const sidecar = asking("s", "10Mi", undefined, { restartPolicy: "Always" });
  const served = [asking("c", "100Mi"), asking("d", "300Mi")];
  assert.deepEqual(scoresOf({ initContainers: [sidecar], containers: served }), [900, 900, 700]);
  const whole = { requests: { memory: "310Mi" } };
  assert.deepEqual(scoresOf({ resources: whole, containers: [asking("c", "10Mi"), asking("d", "100Mi")] }), [890, 800]);
});
