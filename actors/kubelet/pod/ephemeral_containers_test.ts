import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";

const containers = [{ name: "c", image: "busybox:1.36", command: ["sleep", "3600"] }];

/** Puts a container into a pod, as the API's own path for that does. */
function add(stage: KubeletStage, command: readonly string[]): void {
  const generation = (stage.pod("web")?.metadata.generation ?? 1) + 1;
  const ephemeralContainers = [{ name: "dbg", image: "busybox:1.36", command }];
  const body = JSON.stringify({ metadata: { generation }, spec: { ephemeralContainers } });
  stage.ask({ verb: "patch", resource: "pods", namespace: "default", name: "web", body });
}

const debugState = (stage: KubeletStage) => stage.pod("web")?.status.ephemeralContainerStatuses?.[0]?.state;

test("a container that is put into a running pod runs beside the others, once, and counts for nothing", () => {
  const stage = kubeletStage();
  stage.createPod("web", { containers, restartPolicy: "Always" });
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Running"));
  add(stage, ["sh", "-c", "sleep 5; exit 3"]);
  assert.ok(stage.until(() => debugState(stage)?.running !== undefined, 3_000));
  assert.ok(stage.until(() => debugState(stage)?.terminated?.exitCode === 3, 10_000));
  stage.simulation.advance(60_000);
  const { phase, conditions = [], containerStatuses = [] } = stage.pod("web")?.status ?? {};
  assert.deepEqual([phase, conditions.find(({ type }) => type === "Ready")?.status], ["Running", "True"]);
  assert.equal(containerStatuses[0]?.restartCount, 0);
  const { ready, restartCount, started } = stage.pod("web")?.status.ephemeralContainerStatuses?.[0] ?? {};
  assert.deepEqual([ready, restartCount, started], [false, 0, undefined]);
  const [created] = stage.events().filter(({ message = "" }) => message.includes("dbg"));
  assert.equal(created?.involvedObject?.fieldPath, "spec.ephemeralContainers{dbg}");
});

test("a kubelet that restarts goes on with a container that was put into a pod, and ends it with the pod", () => {
  const stage = kubeletStage();
  stage.createPod("web", {
    containers: [{ name: "c", image: "busybox:1.36", command: ["sleep", "40"] }],
    restartPolicy: "Never",
  });
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Running"));
  add(stage, ["sleep", "3600"]);
  assert.ok(stage.until(() => debugState(stage)?.running !== undefined, 3_000));
  const { startedAt } = debugState(stage)?.running ?? {};
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(10_000);
  assert.equal(debugState(stage)?.running?.startedAt, startedAt);
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Succeeded", 120_000));
  assert.ok(debugState(stage)?.terminated !== undefined);
});
