import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { type ComputerScript, computerAddress, emptyScript } from "../../../properties/stages/kubelet/test_computer.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import type { CriCall } from "../../computer/messages.ts";
import type { CriFailure } from "../../cri/messages.ts";

const nginx = { containers: [{ name: "nginx", image: "nginx:1.27" }] };
const isRunning = (stage: KubeletStage) => stage.simulation.report(kubeletAddress)?.phase === "running.connected";
const statusOf = (stage: KubeletStage, name = "web") => stage.pod(name)?.status.containerStatuses?.[0];

function crash(stage: KubeletStage): void {
  const { incarnation = 0 } = stage.simulation.report(kubeletAddress) ?? {};
  stage.simulation.crashNow(kubeletAddress, "for the test");
  assert.ok(
    stage.until(() => isRunning(stage) && stage.simulation.report(kubeletAddress)?.incarnation !== incarnation),
  );
}

test("a kubelet that restarts finds its containers, leaves them running and has nothing to write", () => {
  const stage = kubeletStage();
  stage.createPod("web", nginx);
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.simulation.advance(5_000);
  const before = { status: stage.pod("web")?.status, runtime: stage.runtime.inspect(computerAddress) };
  crash(stage);
  stage.simulation.advance(60_000);
  assert.deepEqual(stage.pod("web")?.status, before.status);
  assert.deepEqual(stage.runtime.inspect(computerAddress), before.runtime);
  stage.deletePod("web");
  assert.ok(stage.until(() => stage.pod("web") === undefined));
  stage.simulation.advance(100);
  assert.equal(stage.runtime.inspect(computerAddress).containers.length, 0);
});

test("a kubelet that restarts continues the count of restarts", () => {
  const stage = kubeletStage({ images: { nginx: { exitAfterMs: 1_000, exitCode: 1, attemptsMax: 2 } } });
  stage.createPod("web", nginx);
  stage.until(() => statusOf(stage)?.restartCount === 2 && statusOf(stage)?.ready === true);
  crash(stage);
  stage.simulation.advance(5_000);
  assert.equal(statusOf(stage)?.restartCount, 2);
  assert.equal(statusOf(stage)?.lastState?.terminated?.exitCode, 1);
});

test("a kubelet reports what ended while it was down", () => {
  const stage = kubeletStage({ images: { job: { exitAfterMs: 3_000, exitCode: 0 } } });
  stage.createPod("web", { restartPolicy: "Never", containers: [{ name: "c", image: "job:1" }] });
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(10_000);
  assert.equal(stage.pod("web")?.status.phase, "Succeeded");
  assert.equal(statusOf(stage)?.restartCount, 0);
});

test("a kubelet ends what nobody wants any more when it is back", () => {
  const stage = kubeletStage();
  stage.createPod("web", nginx);
  stage.createPod("other", nginx);
  stage.until(() => stage.pod("other")?.status.phase === "Running" && stage.pod("web")?.status.phase === "Running");
  const heal = stage.cutOff();
  stage.deletePod("web", 0);
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(1_000);
  heal();
  stage.until(() => isRunning(stage));
  stage.simulation.advance(3_000);
  const { sandboxes } = stage.runtime.inspect(computerAddress);
  assert.deepEqual(
    sandboxes.map(({ pod }) => pod.name),
    ["other"],
  );
});

test("after a crash of the whole computer its pods run again in new sandboxes, with one restart more", () => {
  const stage = kubeletStage();
  stage.createPod("web", nginx);
  stage.createPod("job", { ...nginx, restartPolicy: "Never" });
  stage.until(() => stage.pod("job")?.status.phase === "Running" && stage.pod("web")?.status.phase === "Running");
  stage.simulation.advance(1_000);
  const { containerID } = statusOf(stage) ?? {};
  stage.simulation.crashNow(computerAddress, "for the test");
  crash(stage);
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1 && statusOf(stage)?.ready === true));
  assert.notEqual(statusOf(stage)?.containerID, containerID);
  assert.equal(statusOf(stage)?.lastState?.terminated?.reason, "ContainerStatusUnknown");
  assert.equal(stage.pod("web")?.status.phase, "Running");
  assert.equal(stage.pod("job")?.status.phase, "Failed");
});

test("after a crash of the whole computer init containers come first once more, unless nothing comes after them", () => {
  const stage = kubeletStage({ images: { first: { exitAfterMs: 100, exitCode: 0 } } });
  const spec = { ...nginx, initContainers: [{ name: "first", image: "first:1" }] };
  const initOf = (name: string) => stage.pod(name)?.status.initContainerStatuses?.[0]?.containerID;
  stage.createPod("web", spec);
  stage.createPod("job", { ...spec, restartPolicy: "Never" });
  stage.until(() => stage.pod("job")?.status.phase === "Running" && stage.pod("web")?.status.phase === "Running");
  stage.simulation.advance(1_000);
  const before = { web: initOf("web"), job: initOf("job") };
  stage.simulation.crashNow(computerAddress, "for the test");
  crash(stage);
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1 && statusOf(stage)?.ready === true));
  assert.ok(initOf("web"));
  assert.notEqual(initOf("web"), before.web);
  assert.equal(stage.pod("job")?.status.phase, "Failed");
  assert.equal(initOf("job"), before.job);
});

test("a kubelet whose node was deleted registers it again, and its pods run on", () => {
  const stage = kubeletStage();
  stage.createPod("web", nginx);
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  const before = stage.runtime.inspect(computerAddress);
  stage.ask({ verb: "delete", resource: "nodes", name: "node-1", body: "{}" });
  assert.equal(stage.node(), undefined);
  assert.ok(stage.until(() => stage.node() !== undefined && isRunning(stage), 400_000));
  assert.deepEqual(stage.runtime.inspect(computerAddress), before);
});

test("a kubelet that restarts kills a container that its liveness probe would have failed meanwhile", () => {
  const stage = kubeletStage({ images: { sick: { unhealthyAfterMs: 5_000, attemptsMax: 1 } } });
  const livenessProbe = { exec: { command: ["true"] }, periodSeconds: 5, failureThreshold: 2 };
  stage.createPod("web", { containers: [{ name: "c", image: "sick:1", livenessProbe }] });
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.simulation.advance(6_000);
  crash(stage);
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1 && statusOf(stage)?.ready === true));
});

/** Gives the first container of a pod another image, as a user would. */
function setImage(stage: KubeletStage, image: string) {
  const found = stage.pod("web") as Frozen<Pod>;
  const [first, ...others] = found.spec.containers;
  const spec = { ...found.spec, containers: [{ ...first, image }, ...others] };
  const metadata = { ...found.metadata, generation: (found.metadata.generation ?? 1) + 1 };
  const body = JSON.stringify({ ...found, metadata, spec });
  assert.equal(stage.ask({ verb: "update", resource: "pods", namespace: "default", name: "web", body }).code, 200);
}
const imagesOf = (stage: KubeletStage) =>
  stage.runtime
    .inspect(computerAddress)
    .containers.flatMap((each) => (each.state === "CONTAINER_RUNNING" ? [each.image] : []));

test("a kubelet runs the image that a pod has now, though it changed while the kubelet was down, or while another was started", () => {
  const images = { slow: { startMs: 5_000 } };
  const stage = kubeletStage({ images });
  stage.createPod("web", nginx);
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  stage.simulation.crashNow(kubeletAddress, "for the test");
  setImage(stage, "slow:1");
  assert.ok(stage.until(() => isRunning(stage)));
  // It is being started.
  stage.simulation.advance(2_000);
  setImage(stage, "nginx:1.28");
  assert.ok(stage.until(() => imagesOf(stage).join() === "docker.io/library/nginx:1.28"));
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 2));
  assert.ok(stage.events().some(({ message }) => message === "Container nginx definition changed, will be restarted"));
});

test("a kubelet waits no longer for an image that could not be had, or for one that crashed, when there is another", () => {
  const stage = kubeletStage({ images: { bad: { exitAfterMs: 100, exitCode: 1 } } });
  stage.createPod("web", { containers: [{ name: "c", image: "missing/app:1" }] });
  stage.simulation.advance(15_000);
  assert.equal(statusOf(stage)?.state?.waiting?.reason, "ImagePullBackOff");
  setImage(stage, "bad:1");
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 2, 12_000));
  assert.ok(stage.until(() => statusOf(stage)?.state?.waiting?.reason === "CrashLoopBackOff", 1_000));
  setImage(stage, "nginx:1.28");
  assert.ok(stage.until(() => statusOf(stage)?.state?.running !== undefined, 1_000));
});

/** A computer that starts nothing while it is told to be sick. */
function sickComputer(isSick: () => boolean): ComputerScript {
  const script = emptyScript();
  const failure: CriFailure = { code: "UNKNOWN", message: "the runtime is out of sorts" };
  return {
    ...script,
    get refusal() {
      const asked = script.asked.at(-1)?.what;
      return asked && "op" in asked && asked.op === "StartContainer" && isSick() ? failure : undefined;
    },
  };
}
const askedOf = ({ asked }: ComputerScript, op: string) =>
  asked.filter(({ what }) => "op" in what && what.op === op).length;

test("a kubelet that restarts begins a container whose start had failed, though its pod restarts nothing", () => {
  let isSick = true;
  const stage = kubeletStage({ computer: sickComputer(() => isSick) });
  stage.createPod("web", { restartPolicy: "Never", ...nginx });
  stage.simulation.advance(5_000);
  assert.equal(statusOf(stage)?.state?.waiting?.reason, "RunContainerError");
  assert.deepEqual(imagesOf(stage), []);
  isSick = false;
  crash(stage);
  stage.simulation.advance(1_000);
  assert.equal(stage.pod("web")?.status.phase, "Running");
  assert.equal(statusOf(stage)?.restartCount, 2);
});

test("a start that failed is counted as one, whenever the kubelet ends after it", () => {
  for (let steps = 0; steps < 16; steps++) {
    const computer = sickComputer(() => askedOf(computer, "StartContainer") <= 1);
    const stage = kubeletStage({ computer });
    stage.createPod("web", nginx);
    stage.until(() => askedOf(computer, "StartContainer") === 1);
    for (let step = 0; step < steps; step++) stage.simulation.step();
    crash(stage);
    assert.ok(stage.until(() => statusOf(stage)?.ready === true));
    const made = askedOf(computer, "CreateContainer");
    assert.equal(statusOf(stage)?.restartCount, made - 1, `it ended ${steps} steps after the start`);
  }
});

test("an init container that runs again in another sandbox is another attempt, and tells one restart more", () => {
  const stage = kubeletStage({ images: { first: { exitAfterMs: 100 }, next: { exitAfterMs: 100 } } });
  const initContainers = ["first", "next"].map((name) => ({ name, image: `${name}:1` }));
  stage.createPod("web", { ...nginx, initContainers });
  stage.until(() => stage.pod("web")?.status.phase === "Running");
  // As whoever reaches a real runtime's socket can.
  const [{ sandbox } = assert.fail("no sandbox")] = stage.runtime.inspect(computerAddress).sandboxes;
  const call: CriCall = { type: "cri.call", request: { op: "StopPodSandbox", sandbox } };
  stage.simulation.askNow(computerAddress, call, 1_000);
  stage.until(() => statusOf(stage)?.restartCount === 1 && statusOf(stage)?.ready === true);
  const inits = stage.pod("web")?.status.initContainerStatuses?.map(({ restartCount }) => restartCount);
  assert.deepEqual(inits, [1, 1]);
  assert.ok(stage.runtime.inspect(computerAddress).containers.every(({ attempt }) => attempt === 1));
});
