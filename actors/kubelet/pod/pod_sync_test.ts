import { assert, test } from "../../../properties/house/test.ts";
import { kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";

const containers = [{ name: "c", image: "nginx:1.27" }];

test("kubelet tries a container that cannot be configured at each look at its pod, and that is no crash", () => {
  const stage = kubeletStage();
  const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } }];
  stage.createPod("web", { containers: [{ name: "c", image: "nginx:1.27", env }] });
  stage.simulation.advance(60_000);
  const [status] = stage.pod("web")?.status.containerStatuses ?? [];
  assert.equal(status?.state?.waiting?.reason, "CreateContainerConfigError");
  assert.equal(status?.restartCount, 0);
  const told = stage.events().map(({ reason, message, count = 1 }) => ({ reason, message, count }));
  const failures = told.filter(({ message }) => message === 'Error: configmap "settings" not found');
  const times = failures.reduce((sum, { count }) => sum + count, 0);
  assert.ok(times >= 4 && times <= 7, `tried ${times} times in a minute`);
  assert.ok(told.every(({ reason }) => reason !== "BackOff"));
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { a: "1" } };
  const create = { verb: "create", resource: "configmaps", namespace: "default", body: JSON.stringify(body) } as const;
  stage.ask(create);
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Running", 15_500));
  const [running] = stage.pod("web")?.status.containerStatuses ?? [];
  assert.equal(running?.restartCount, 0);
});

test("kubelet fails a running pod at the deadline that it was given later, and at an earlier one given after that", () => {
  const stage = kubeletStage();
  const patch = (activeDeadlineSeconds: number) => {
    const generation = (stage.pod("web")?.metadata.generation ?? 1) + 1;
    const body = JSON.stringify({ metadata: { generation }, spec: { activeDeadlineSeconds } });
    stage.ask({ verb: "patch", resource: "pods", namespace: "default", name: "web", body });
  };
  stage.createPod("web", { containers });
  stage.simulation.advance(20_000);
  assert.equal(stage.pod("web")?.status.phase, "Running");
  patch(600);
  stage.simulation.advance(20_000);
  patch(60);
  stage.simulation.advance(10_000);
  assert.equal(stage.pod("web")?.status.phase, "Running");
  stage.simulation.advance(20_000);
  const { phase, reason, message } = stage.pod("web")?.status ?? {};
  assert.deepEqual([phase, reason], ["Failed", "DeadlineExceeded"]);
  assert.equal(message, "Pod was active on the node longer than the specified deadline");
});

test("kubelet heeds a readiness gate that was passed before what it has told since, though it sees that late", () => {
  const stage = kubeletStage({ images: { nginx: { readyMs: 4_000 } } });
  const readinessProbe = { exec: { command: ["true"] }, periodSeconds: 1 };
  const spec = { readinessGates: [{ conditionType: "example.com/gate" }] };
  stage.createPod("web", { ...spec, containers: [{ name: "c", image: "nginx:1.27", readinessProbe }] });
  const isTrue = (type: string) =>
    stage.pod("web")?.status.conditions?.some((each) => each.type === type && each.status === "True");
  assert.ok(stage.until(() => stage.pod("web")?.status.phase === "Running"));
  const parameters = { from: ["api"], to: [kubeletAddress], types: ["api.watch"], oneWay: true, delayMs: 8_000 };
  const heal = stage.simulation.faults.begin({ kind: "lag", parameters });
  const body = JSON.stringify({ status: { conditions: [{ type: "example.com/gate", status: "True" }] } });
  stage.ask({ verb: "patch", resource: "pods", namespace: "default", name: "web", subresource: "status", body });
  assert.ok(stage.until(() => isTrue("ContainersReady") === true, 6_000));
  assert.equal(isTrue("Ready"), false);
  heal();
  assert.ok(stage.until(() => isTrue("Ready") === true, 20_000));
});
