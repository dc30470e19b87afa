import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { emptyScript } from "../../../properties/stages/kubelet/test_computer.ts";
import { encodeBase64 } from "../../api/base64.ts";
import type { Container } from "../../api/types.ts";

const statusOf = (stage: KubeletStage) => stage.pod("p")?.status.containerStatuses?.[0];

function stageWith(container: Partial<Container>) {
  const computer = emptyScript();
  const stage = kubeletStage({ computer });
  const put = (resource: string, name: string, data: object) => {
    const body = JSON.stringify({ metadata: { name }, data });
    stage.ask({ verb: "create", resource, namespace: "default", body });
  };
  const run = () => {
    const labels = { app: "shop" };
    stage.createPod("p", { hostname: "till", containers: [{ name: "c", image: "app:1", ...container }] }, { labels });
    stage.simulation.advance(500);
  };
  const env = () =>
    computer.asked.flatMap(({ what }) =>
      "op" in what && what.op === "CreateContainer" ? [what.container.env] : [],
    )[0];
  return { stage, put, run, env };
}

test("a container's environment tells of its pod, its node, what it may use, and where the API is", () => {
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  const resource = (name: string, divisor = "0") => ({ valueFrom: { resourceFieldRef: { resource: name, divisor } } });
  const { run, env } = stageWith({
    ports: [{ containerPort: 8080 }],
    resources: { limits: { memory: "64Mi" }, requests: { cpu: "250m" } },
    env: [
      { name: "WHO", ...field("metadata.labels['app']") },
      { name: "IP", ...field("status.podIP") },
      { name: "CPU", ...resource("requests.cpu") },
      { name: "CPU_MILLIS", ...resource("requests.cpu", "1m") },
      { name: "CPU_MAX", ...resource("limits.cpu") },
      { name: "MEMORY", ...resource("limits.memory", "1Mi") },
      { name: "ALL", value: "$(WHO) at $(IP), $$(WHO), $(NOBODY)" },
    ],
  });
  run();
  const { HOSTNAME, KUBERNETES_SERVICE_HOST, WHO, IP, CPU, CPU_MILLIS, CPU_MAX, MEMORY, ALL } = env() ?? {};
  assert.deepEqual([HOSTNAME, KUBERNETES_SERVICE_HOST, WHO, IP], ["till", "10.96.0.1", "shop", "10.244.1.2"]);
  assert.deepEqual([CPU, CPU_MILLIS, CPU_MAX, MEMORY], ["1", "250", "4", "64"]);
  assert.equal(ALL, "shop at 10.244.1.2, $(WHO), $(NOBODY)");
});

test("a container's environment takes values from ConfigMaps and Secrets, the later one winning", () => {
  const { put, run, env } = stageWith({
    envFrom: [{ configMapRef: { name: "a" } }, { prefix: "S_", secretRef: { name: "s" } }],
    env: [
      { name: "ONE", valueFrom: { configMapKeyRef: { name: "b", key: "one" } } },
      { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "password" } } },
      { name: "MAYBE", valueFrom: { configMapKeyRef: { name: "nobody", key: "x", optional: true } } },
    ],
  });
  put("configmaps", "a", { ONE: "of a", TWO: "two" });
  put("configmaps", "b", { one: "of b" });
  put("secrets", "s", { password: encodeBase64("geheim €") });
  run();
  const { ONE, TWO, S_password, PASSWORD, MAYBE } = env() ?? {};
  assert.deepEqual([ONE, TWO, S_password, PASSWORD, MAYBE], ["of b", "two", "geheim €", "geheim €", undefined]);
});

test("a container whose environment cannot be made waits for what is missing", () => {
  const ref = { name: "settings", key: "mode" };
  const { stage, put, run } = stageWith({ env: [{ name: "MODE", valueFrom: { configMapKeyRef: ref } }] });
  run();
  const missing = { reason: "CreateContainerConfigError", message: 'configmap "settings" not found' };
  assert.deepEqual(statusOf(stage)?.state?.waiting, missing);
  assert.ok(
    stage.events().some(({ reason, message }) => reason === "Failed" && message === `Error: ${missing.message}`),
  );
  put("configmaps", "settings", { other: "x" });
  const without = "couldn't find key mode in ConfigMap default/settings";
  assert.ok(stage.until(() => statusOf(stage)?.state?.waiting?.message === without));
  const body = JSON.stringify({ data: { mode: "fast" } });
  stage.ask({ verb: "patch", resource: "configmaps", namespace: "default", name: "settings", body });
  assert.ok(stage.until(() => statusOf(stage)?.ready === true));
  assert.equal(statusOf(stage)?.restartCount, 0);
});

test("a container runs again with what its environment was while no API server answers", () => {
  const computer = emptyScript();
  const stage = kubeletStage({ computer, images: { app: { exitAfterMs: 5_000, exitCode: 1, attemptsMax: 1 } } });
  const body = JSON.stringify({ metadata: { name: "a" }, data: { ONE: "1" } });
  stage.ask({ verb: "create", resource: "configmaps", namespace: "default", body });
  stage.createPod("p", { containers: [{ name: "c", image: "app:1", envFrom: [{ configMapRef: { name: "a" } }] }] });
  stage.simulation.advance(1_000);
  const heal = stage.cutOff();
  stage.simulation.advance(60_000);
  const made = computer.asked.flatMap(({ what }) => ("op" in what && what.op === "CreateContainer" ? [what] : []));
  assert.deepEqual(
    made.map(({ container }) => [container.attempt, container.env.ONE]),
    [
      [0, "1"],
      [1, "1"],
    ],
  );
  heal();
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1 && statusOf(stage)?.ready === true, 120_000));
});

test("a pod that is deleted while its environment is read goes at once", () => {
  const { stage, run } = stageWith({ envFrom: [{ secretRef: { name: "nobody" } }] });
  run();
  const end = stage.cutOff();
  stage.simulation.advance(12_000);
  end();
  stage.deletePod("p");
  assert.ok(stage.until(() => stage.pod("p") === undefined));
});

/** Variables of which each is twice the one before. */
function doublings(count: number): { readonly name: string; readonly value: string }[] {
  return Array.from({ length: count }, (_, at) => {
    return { name: `A${at}`, value: at === 0 ? "0123456789abcdef" : `$(A${at - 1})$(A${at - 1})` };
  });
}

test("a pod whose thirty variables stand for seventeen gigabytes is refused in words, and can be deleted", () => {
  const { stage, run } = stageWith({ env: doublings(31) });
  run();
  const waiting = statusOf(stage)?.state?.waiting;
  assert.equal(waiting?.reason, "CreateContainerError");
  assert.match(
    waiting?.message ?? "",
    /^rpc error: code = ResourceExhausted desc = trying to send message larger than max \(343\d{8} vs\. 16777216\)$/,
  );
  assert.ok(
    stage.events().some(({ reason, message }) => reason === "Failed" && message === `Error: ${waiting?.message}`),
  );
  stage.deletePod("p");
  assert.ok(stage.until(() => stage.pod("p") === undefined));
});

test("a container whose variables are more than a program is given exits as one of runc does, and is tried again", () => {
  const { stage, run } = stageWith({ command: ["/bin/till"], env: doublings(15) });
  run();
  const { restartCount = 0 } = statusOf(stage) ?? {};
  assert.ok(stage.until(() => (statusOf(stage)?.restartCount ?? 0) > restartCount, 60_000));
  assert.ok(stage.until(() => statusOf(stage)?.state?.waiting?.reason === "CrashLoopBackOff", 60_000));
  const { exitCode, reason } = statusOf(stage)?.lastState?.terminated ?? {};
  assert.deepEqual([exitCode, reason], [255, "Error"]);
  stage.deletePod("p");
  assert.ok(stage.until(() => stage.pod("p") === undefined));
});
