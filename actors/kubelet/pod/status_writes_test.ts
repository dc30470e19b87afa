import { assert, test } from "../../../properties/house/test.ts";
import { kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";

const images = {
  nginx: { pullMs: 500, startMs: 50 },
  redis: { pullMs: 700, startMs: 60 },
  init: { pullMs: 100, exitAfterMs: 200 },
};
const container = (name: string, image: string) => ({ name, image });

/** How often the status of a pod is written until it is ready and has been so for a while. */
function writesOf(spec: object, times = 1): number[] {
  const stage = kubeletStage({ images });
  const names = Array.from({ length: times }, (_, index) => `p${index}`);
  return names.map((name) => {
    stage.createPod(name, spec);
    stage.simulation.advance(10_000);
    assert.equal(stage.pod(name)?.status.phase, "Running");
    const writes = stage.api.writes.filter((write) => write.verb === "patch" && write.name === name);
    return writes.length;
  });
}

test("kubelet writes what a pod waits for, that it can be reached, and that it runs, when it starts", () => {
  // With the image at hand there is nothing between the first and the last.
  assert.deepEqual(writesOf({ containers: [container("c", "nginx:1.27")] }, 2), [3, 2]);
  assert.deepEqual(writesOf({ containers: [container("c", "nginx:1.27"), container("d", "redis:7")] }, 2), [4, 2]);
  const initContainers = [container("i", "init:1")];
  assert.deepEqual(writesOf({ initContainers, containers: [container("c", "nginx:1.27")] }, 2), [5, 3]);
});
