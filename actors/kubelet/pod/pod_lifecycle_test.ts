import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { computerAddress } from "../../../properties/stages/kubelet/test_computer.ts";
import type { Container, Fields } from "../../api/types.ts";

const container = (changes: Partial<Container> = {}): Container => ({ name: "c", image: "app:1", ...changes });
const running = (stage: KubeletStage, name: string) => () => stage.pod(name)?.status.phase === "Running";
const statusOf = (stage: KubeletStage, name = "p") => stage.pod(name)?.status.containerStatuses?.[0];

/** When the container's runs began, in whole seconds after the first. */
function startsOf(stage: KubeletStage, seconds: number): number[] {
  const starts = new Map<string, number>();
  const untilMs = stage.simulation.uptimeMs() + seconds * 1_000;
  while (stage.simulation.uptimeMs() < untilMs) {
    stage.simulation.advance(500);
    for (const each of stage.runtime.inspect(computerAddress).containers) {
      if (each.startedAtMs !== undefined) starts.set(each.container, each.startedAtMs);
    }
  }
  const times = [...starts.values()].sort((a, b) => a - b);
  return times.map((time) => Math.round((time - (times[0] ?? 0)) / 1_000));
}

test("a container that fails is restarted at once, then after 10 s doubling to 5 min", () => {
  const stage = kubeletStage({ images: { app: { exitAfterMs: 0, exitCode: 1 } } });
  stage.createPod("p", { containers: [container()] });
  const starts = startsOf(stage, 1_300);
  assert.deepEqual(starts, [0, 0, 10, 30, 70, 150, 310, 610, 910, 1210]);
  const status = statusOf(stage);
  assert.equal(status?.restartCount, starts.length - 1);
  assert.equal(status.state?.waiting?.reason, "CrashLoopBackOff");
  const uid = stage.pod("p")?.metadata.uid;
  assert.equal(status.state.waiting.message, `back-off 5m0s restarting failed container=c pod=p_default(${uid})`);
  assert.equal(status.lastState?.terminated?.exitCode, 1);
  assert.equal(stage.pod("p")?.status.phase, "Running");
  const backOff = stage.events().find(({ reason }) => reason === "BackOff");
  assert.equal(backOff?.message, `Back-off restarting failed container c in pod p_default(${uid})`);
});

test("ten minutes without a restart forgive a container's failures", () => {
  const stage = kubeletStage({ images: { app: { exitAfterMs: 700_000, exitCode: 1 } } });
  stage.createPod("p", { containers: [container()] });
  assert.deepEqual(startsOf(stage, 2_200), [0, 700, 1400, 2100]);
});

test("a pod that is never restarted ends as its containers did", () => {
  const stage = kubeletStage({ images: { good: { exitAfterMs: 1_000 }, bad: { exitAfterMs: 500, exitCode: 2 } } });
  const good = container({ name: "good", image: "good:1" });
  const bad = container({ name: "bad", image: "bad:1" });
  stage.createPod("both", { restartPolicy: "Never", containers: [good, bad] });
  stage.createPod("one", { restartPolicy: "Never", containers: [good] });
  stage.simulation.advance(800);
  assert.equal(stage.pod("both")?.status.phase, "Running");
  stage.simulation.advance(1_000);
  assert.equal(stage.pod("both")?.status.phase, "Failed");
  const { status } = stage.pod("one") ?? assert.fail("no pod");
  assert.equal(status.phase, "Succeeded");
  assert.equal(status.conditions?.find(({ type }) => type === "Ready")?.reason, "PodCompleted");
  assert.equal(statusOf(stage, "one")?.state?.terminated?.reason, "Completed");
  assert.equal(statusOf(stage, "one")?.restartCount, 0);
  stage.deletePod("one");
  assert.ok(stage.until(() => stage.pod("one") === undefined));
});

test("a pod restarted on failure ends when its containers end well", () => {
  const stage = kubeletStage({ images: { app: { exitAfterMs: 100, exitCode: 1, attemptsMax: 2 } } });
  const env = [{ name: "TROUPE_EXIT_AFTER_MS", value: "100" }];
  stage.createPod("p", { restartPolicy: "OnFailure", containers: [container({ image: "busybox:1", env })] });
  stage.createPod("q", { restartPolicy: "OnFailure", containers: [container()] });
  assert.ok(stage.until(() => stage.pod("p")?.status.phase === "Succeeded"));
  assert.ok(stage.until(() => statusOf(stage, "q")?.restartCount === 2 && statusOf(stage, "q")?.ready === true));
});

test("init containers run one after the other, sidecars beside them, before all others", () => {
  const stage = kubeletStage({ images: { init: { exitAfterMs: 1_000 } } });
  stage.createPod("p", {
    initContainers: [
      container({ name: "first", image: "init:1" }),
      container({ name: "sidecar", restartPolicy: "Always" }),
      container({ name: "second", image: "init:1" }),
    ],
    containers: [container({ name: "main" })],
  });
  stage.simulation.advance(500);
  const names = () => stage.runtime.inspect(computerAddress).containers.map(({ name }) => name);
  assert.deepEqual(names(), ["first"]);
  const initialized = stage.pod("p")?.status.conditions?.find(({ type }) => type === "Initialized");
  assert.equal(initialized?.message, "containers with incomplete status: [first sidecar second]");
  assert.equal(statusOf(stage)?.state?.waiting?.reason, "PodInitializing");
  assert.equal(stage.pod("p")?.status.phase, "Pending");
  stage.simulation.advance(1_000);
  assert.deepEqual(names(), ["first", "sidecar", "second"]);
  assert.ok(stage.until(running(stage, "p")));
  const init = stage.pod("p")?.status.initContainerStatuses ?? [];
  assert.deepEqual(
    init.map(({ state }) => state?.terminated?.reason ?? Object.keys(state ?? {})[0]),
    ["Completed", "running", "Completed"],
  );
});

test("a pod that ends well is not over before its sidecars are", () => {
  const stage = kubeletStage({ images: { app: { exitAfterMs: 500 }, slow: { stopMs: 3_000 } } });
  stage.createPod("p", {
    restartPolicy: "Never",
    initContainers: [container({ name: "sidecar", image: "slow:1", restartPolicy: "Always" })],
    containers: [container({ name: "main" })],
  });
  const sidecar = () => stage.pod("p")?.status.initContainerStatuses?.[0]?.state;
  assert.ok(stage.until(() => statusOf(stage)?.state?.terminated !== undefined));
  assert.equal(stage.pod("p")?.status.phase, "Running");
  assert.ok(stage.until(() => stage.pod("p")?.status.phase === "Succeeded"));
  assert.ok(sidecar()?.terminated, JSON.stringify(sidecar()));
});

test("a failed init container fails a pod that is never restarted", () => {
  const stage = kubeletStage({ images: { init: { exitAfterMs: 10, exitCode: 9 } } });
  const initContainers = [container({ name: "init", image: "init:1" })];
  stage.createPod("p", { restartPolicy: "Never", initContainers, containers: [container()] });
  assert.ok(stage.until(() => stage.pod("p")?.status.phase === "Failed"));
  assert.equal(stage.runtime.inspect(computerAddress).containers.length, 1);
});

test("an image that cannot be pulled is reported, waited for and tried again", () => {
  const stage = kubeletStage();
  stage.createPod("p", { containers: [container({ image: "missing/app:1" })] });
  assert.ok(stage.until(() => statusOf(stage)?.state?.waiting?.reason === "ErrImagePull"));
  assert.ok(stage.until(() => statusOf(stage)?.state?.waiting?.reason === "ImagePullBackOff"));
  stage.simulation.advance(35_000);
  const messages = stage.events().map(({ reason, message, count }) => `${reason} ${message} ${count}`);
  assert.ok(messages.includes('Pulling Pulling image "missing/app:1" 3'), messages.join("\n"));
  assert.ok(messages.includes("Failed Error: ErrImagePull 3"));
  assert.ok(messages.some((text) => text.startsWith('BackOff Back-off pulling image "missing/app:1"')));
  stage.deletePod("p");
  assert.ok(stage.until(() => stage.pod("p") === undefined));
});

test("a container is ready when its readiness probe would have found it so, and unready after three failures", () => {
  const stage = kubeletStage({ images: { app: { readyMs: 12_000, unreadyAfterMs: 60_000 } } });
  const readinessProbe = { httpGet: { port: 80 }, initialDelaySeconds: 5, periodSeconds: 5, failureThreshold: 3 };
  stage.createPod("p", { containers: [container({ readinessProbe })] });
  const startMs = stage.simulation.uptimeMs();
  const readyAfterS = () => Math.round((stage.simulation.uptimeMs() - startMs) / 1_000);
  assert.ok(stage.until(() => statusOf(stage)?.ready === true));
  assert.equal(readyAfterS(), 15);
  assert.ok(
    stage.events().some(({ message }) => message === "Readiness probe failed: HTTP probe failed with statuscode: 503"),
  );
  assert.ok(stage.until(() => statusOf(stage)?.ready === false, 120_000));
  assert.equal(readyAfterS(), 70);
  assert.equal(statusOf(stage)?.restartCount, 0);
});

test("a container that fails its liveness or startup probe is killed and restarted", () => {
  const images = { sick: { unhealthyAfterMs: 10_000, attemptsMax: 1 }, slow: { readyMs: 3_600_000, attemptsMax: 9 } };
  const stage = kubeletStage({ images });
  const probe = { tcpSocket: { port: 80 }, periodSeconds: 10, failureThreshold: 3 };
  stage.createPod("sick", { containers: [container({ image: "sick:1", livenessProbe: probe })] });
  stage.createPod("slow", { containers: [container({ image: "slow:1", startupProbe: probe })] });
  stage.simulation.advance(29_000);
  assert.equal(statusOf(stage, "slow")?.started, false);
  assert.deepEqual([statusOf(stage, "sick")?.restartCount, statusOf(stage, "slow")?.restartCount], [0, 1]);
  stage.simulation.advance(5_000);
  assert.equal(statusOf(stage, "sick")?.restartCount, 1);
  const killing = stage.events().filter(({ reason }) => reason === "Killing");
  assert.deepEqual(killing.map(({ message }) => message).sort(), [
    "Container c failed liveness probe, will be restarted",
    "Container c failed startup probe, will be restarted",
  ]);
});

test("a container whose image is changed runs again with the new one", () => {
  const stage = kubeletStage();
  const pod = stage.createPod("p", { containers: [container()] });
  stage.until(running(stage, "p"));
  const generation = (pod.metadata.generation ?? 1) + 1;
  const body = JSON.stringify({ metadata: { generation }, spec: { containers: [container({ image: "app:2" })] } });
  stage.ask({ verb: "patch", resource: "pods", namespace: "default", name: "p", body });
  assert.ok(stage.until(() => statusOf(stage)?.image === "docker.io/library/app:2" && statusOf(stage)?.ready === true));
  assert.equal(statusOf(stage)?.restartCount, 1);
  assert.equal((stage.pod("p")?.status as Fields | undefined)?.observedGeneration, generation);
});

test("a pod that is active for too long fails", () => {
  const stage = kubeletStage();
  stage.createPod("p", { activeDeadlineSeconds: 30, containers: [container()] });
  stage.simulation.advance(29_000);
  assert.equal(stage.pod("p")?.status.phase, "Running");
  stage.simulation.advance(2_000);
  assert.deepEqual([stage.pod("p")?.status.phase, stage.pod("p")?.status.reason], ["Failed", "DeadlineExceeded"]);
});

test("podStatus() says that a pod failed, and why, when its last container has stopped, and nothing of it before", () => {
  const stage = kubeletStage();
  // A shell that is process 1 heeds no SIGTERM.
  const command = ["sh", "-c", "sleep 3600"];
  const spec = { activeDeadlineSeconds: 30, terminationGracePeriodSeconds: 20, containers: [container({ command })] };
  stage.createPod("p", spec);
  const told = () => {
    const { phase, reason, message } = stage.pod("p")?.status ?? {};
    return [phase, reason, message];
  };
  stage.simulation.advance(40_000);
  assert.deepEqual(told(), ["Running", undefined, undefined]);
  stage.simulation.advance(15_000);
  const message = "Pod was active on the node longer than the specified deadline";
  assert.deepEqual(told(), ["Failed", "DeadlineExceeded", message]);
});
