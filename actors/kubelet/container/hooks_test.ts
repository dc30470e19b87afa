import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import {
  type ComputerScript,
  computerAddress,
  emptyScript,
  ran,
} from "../../../properties/stages/kubelet/test_computer.ts";
import type { Container } from "../../api/types.ts";
import type { ImageBehaviour } from "../../cri/messages.ts";

type Lifecycle = NonNullable<Container["lifecycle"]>;

const statusOf = (stage: KubeletStage) => stage.pod("p")?.status.containerStatuses?.[0];
const isRunning = (stage: KubeletStage) => () => statusOf(stage)?.state?.running !== undefined;

function stageWith(lifecycle: Lifecycle, { script = {}, images = {}, graceSeconds = 30 }: Partial<Options> = {}) {
  const computer = emptyScript(script);
  const stage = kubeletStage({ computer, images });
  const containers = [{ name: "c", image: "app:1", ports: [{ containerPort: 80 }], lifecycle }];
  stage.createPod("p", { containers, terminationGracePeriodSeconds: graceSeconds });
  /** What was asked of the computer since, as `op seconds`. */
  const opsSince = (fromMs: number) =>
    computer.asked.flatMap(({ what, atMs }) => {
      // An actor's clock shows whole milliseconds.
      if (atMs < Math.floor(fromMs)) return [];
      const op = "op" in what ? what.op : what.type;
      if (!["ExecSync", "StopContainer", "host.get"].includes(op)) return [];
      return [`${op} ${Math.round((atMs - fromMs) / 1_000)}`];
    });
  const told = (reason: string) => {
    stage.simulation.advance(100);
    return stage.events().flatMap((each) => (each.reason === reason ? [each.message ?? ""] : []));
  };
  return { stage, computer, opsSince, told };
}

interface Options {
  readonly script: Partial<ComputerScript>;
  readonly images: Readonly<Record<string, ImageBehaviour>>;
  readonly graceSeconds: number;
}

/** Deletes the pod and waits for its end; gives back when it began, and after how many seconds it was over. */
function deleted(stage: KubeletStage, graceSeconds?: number) {
  const fromMs = stage.simulation.uptimeMs();
  stage.deletePod("p", graceSeconds);
  assert.ok(stage.until(() => stage.pod("p") === undefined, 200_000));
  return { fromMs, seconds: Math.round((stage.simulation.uptimeMs() - fromMs) / 1_000) };
}

test("a preStop hook runs before the stop signal, and takes its time from the grace period", () => {
  const exec = { command: ["drain"] };
  const script = { exec: () => ({ answer: ran(), afterMs: 12_000 }) };
  const options = { script, images: { app: { stopMs: 3_600_000 } } };
  const { stage, opsSince, computer } = stageWith({ preStop: { exec } }, options);
  stage.until(isRunning(stage));
  const { fromMs, seconds } = deleted(stage);
  assert.deepEqual(opsSince(fromMs), ["ExecSync 0", "StopContainer 12"]);
  const stopping = computer.asked.find(({ what }) => "op" in what && what.op === "StopContainer")?.what;
  assert.ok(Math.abs((stopping as { timeoutMs: number }).timeoutMs - 18_000) < 50);
  assert.equal(seconds, 30);
});

test("a preStop hook that does not end is not waited for after the grace period; the signal still has two seconds", () => {
  const script = { exec: () => ({ answer: ran(), afterMs: 900_000 }) };
  const options = { script, images: { app: { stopMs: 3_600_000 } }, graceSeconds: 5 };
  const { stage, opsSince } = stageWith({ preStop: { exec: { command: ["hang"] } } }, options);
  stage.until(isRunning(stage));
  const { fromMs, seconds } = deleted(stage, 5);
  assert.deepEqual(opsSince(fromMs), ["ExecSync 0", "StopContainer 5"]);
  assert.equal(seconds, 7);
});

test("a preStop hook asks a page, and one that fails is told of and changes nothing", () => {
  const lifecycle = { preStop: { httpGet: { port: 80, path: "/bye" } } };
  const { stage, opsSince, told, computer } = stageWith(lifecycle);
  stage.until(isRunning(stage));
  const { fromMs } = deleted(stage);
  assert.deepEqual(opsSince(fromMs), ["host.get 0", "StopContainer 0"]);
  const asked = computer.asked.find(({ what }) => "type" in what && what.type === "host.get")?.what;
  assert.ok(asked && "headers" in asked);
  assert.equal(asked.url, "http://10.244.1.2:80/bye");
  assert.deepEqual(asked.headers[0], ["User-Agent", "kube-lifecycle/1.34"]);
  assert.deepEqual(told("FailedPreStopHook"), ["PreStopHook failed"]);
});

test("a container is told of as running when its postStart hook is done", () => {
  const script = { exec: () => ({ answer: ran(), afterMs: 8_000 }) };
  const { stage } = stageWith({ postStart: { exec: { command: ["prepare"] } } }, { script });
  stage.simulation.advance(7_000);
  assert.deepEqual(statusOf(stage)?.state, { waiting: { reason: "ContainerCreating" } });
  assert.equal(stage.runtime.inspect(computerAddress).containers[0]?.state, "CONTAINER_RUNNING");
  assert.ok(stage.until(isRunning(stage), 2_000));
});

test("a container whose postStart hook fails is killed and runs again", () => {
  let fails = true;
  const script = { exec: () => ({ answer: ran(fails ? 3 : 0) }) };
  const { stage, told } = stageWith({ postStart: { exec: { command: ["prepare"] } } }, { script });
  assert.deepEqual(told("FailedPostStartHook"), ["PostStartHook failed"]);
  assert.deepEqual(told("Killing"), ["FailedPostStartHook"]);
  fails = false;
  assert.ok(stage.until(() => isRunning(stage)() && statusOf(stage)?.ready === true));
  assert.ok((statusOf(stage)?.restartCount ?? 0) > 0);
});

test("a pod that is deleted during a postStart hook is stopped at once", () => {
  const script = { exec: () => ({ answer: ran(), afterMs: 3_600_000 }) };
  const { stage } = stageWith({ postStart: { exec: { command: ["hang"] } } }, { script });
  stage.simulation.advance(2_000);
  assert.ok(deleted(stage).seconds < 2);
});

test("hooks run commands of a played container and sleep", () => {
  const stage = kubeletStage();
  const lifecycle = { preStop: { exec: { command: ["sleep", "4"] } }, postStart: { sleep: { seconds: 3 } } };
  stage.createPod("p", { containers: [{ name: "c", image: "app:1", lifecycle: lifecycle as Lifecycle }] });
  stage.simulation.advance(2_900);
  assert.equal(isRunning(stage)(), false);
  assert.equal(stage.runtime.inspect(computerAddress).containers[0]?.state, "CONTAINER_RUNNING");
  assert.ok(stage.until(isRunning(stage), 1_000));
  assert.equal(deleted(stage).seconds, 4);
});
