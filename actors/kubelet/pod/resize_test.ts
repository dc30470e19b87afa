import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import type { Container, ResourceRequirements } from "../../api/types.ts";

const of = (cpu: string): ResourceRequirements => ({ requests: { cpu }, limits: { cpu: "8" } });

function container(cpu: string, more: Partial<Container> = {}): Container {
  return { name: "c", image: "nginx:1.27", resources: of(cpu), ...more };
}

function resize(stage: KubeletStage, pod: string, resources: ResourceRequirements): void {
  const generation = (stage.pod(pod)?.metadata.generation ?? 1) + 1;
  const containers = stage.pod(pod)?.spec.containers.map((each) => ({ ...each, resources }));
  const body = JSON.stringify({ metadata: { generation }, spec: { containers } });
  stage.ask({ verb: "patch", resource: "pods", namespace: "default", name: pod, body });
  stage.simulation.advance(2_000);
}

/** What is told of a pod's one container, and of the change that is under way. */
function told(stage: KubeletStage, pod: string) {
  const { containerStatuses = [], conditions = [] } = stage.pod(pod)?.status ?? {};
  const [status] = containerStatuses;
  const resizing = conditions.filter(({ type }) => type.startsWith("PodResize"));
  return {
    granted: status?.allocatedResources?.cpu,
    given: status?.resources?.requests?.cpu,
    restarts: status?.restartCount,
    conditions: resizing.map(({ type, reason, message }) => [type, reason, message]),
  };
}

const quiet = { conditions: [] };

test("a kubelet gives a running container what it is to have, without another run", () => {
  const stage = kubeletStage();
  stage.createPod("web", { containers: [container("500m")] });
  stage.simulation.advance(10_000);
  assert.deepEqual(told(stage, "web"), { granted: "500m", given: "500m", restarts: 0, ...quiet });
  resize(stage, "web", of("700m"));
  assert.deepEqual(told(stage, "web"), { granted: "700m", given: "700m", restarts: 0, ...quiet });
  assert.equal(stage.pod("web")?.status.containerStatuses?.[0]?.resources?.limits?.cpu, "8");
});

test("a container whose policy says so has another run with what it is to have", () => {
  const stage = kubeletStage();
  const resizePolicy = [{ resourceName: "cpu", restartPolicy: "RestartContainer" }];
  stage.createPod("web", { containers: [container("500m", { resizePolicy })], restartPolicy: "OnFailure" });
  stage.simulation.advance(10_000);
  resize(stage, "web", of("700m"));
  assert.deepEqual(told(stage, "web"), { granted: "700m", given: "700m", restarts: 1, ...quiet });
  const messages = stage.events().map(({ message }) => message);
  assert.ok(messages.includes("Container c resize requires restart"));
});

test("what a node has never room for is infeasible, and what it has no room for now waits until there is", () => {
  const stage = kubeletStage();
  stage.createPod("web", { containers: [container("500m")] });
  stage.createPod("other", { containers: [container("3")] });
  stage.simulation.advance(10_000);
  resize(stage, "web", of("5"));
  const tooMuch = "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000";
  const held = { granted: "500m", given: "500m", restarts: 0 };
  assert.deepEqual(told(stage, "web"), { ...held, conditions: [["PodResizePending", "Infeasible", tooMuch]] });
  resize(stage, "web", of("2"));
  const later = "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000";
  assert.deepEqual(told(stage, "web"), { ...held, conditions: [["PodResizePending", "Deferred", later]] });
  stage.deletePod("other", 0);
  stage.simulation.advance(10_000);
  assert.deepEqual(told(stage, "web"), { granted: "2", given: "2", restarts: 0, ...quiet });
});

test("what was not granted does not count against others, also when the kubelet has restarted", () => {
  const stage = kubeletStage();
  stage.createPod("web", { containers: [container("500m")] });
  stage.simulation.advance(10_000);
  resize(stage, "web", of("5"));
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(20_000);
  assert.equal(told(stage, "web").granted, "500m");
  assert.equal(told(stage, "web").conditions[0]?.[1], "Infeasible");
  stage.createPod("other", { containers: [container("3500m")] });
  stage.simulation.advance(10_000);
  assert.equal(stage.pod("other")?.status.phase, "Running");
  assert.equal(told(stage, "web").restarts, 0);
});
