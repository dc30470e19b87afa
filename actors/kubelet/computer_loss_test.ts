import { assert, fc, property, test } from "../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../properties/stages/kubelet/kubelet_stage.ts";
import { computerAddress, emptyScript } from "../../properties/stages/kubelet/test_computer.ts";
import { startCell } from "../../runtime/core/cell.ts";
import type { Effect } from "../../runtime/mod.ts";
import type { CriRequest } from "../cri/messages.ts";
import { ok } from "../kit/result.ts";
import { kubelet } from "./definition.ts";

const app = { containers: [{ name: "c", image: "app:1" }] };
const statusOf = (stage: KubeletStage, name = "p") => stage.pod(name)?.status.containerStatuses?.[0];
const isReady = (stage: KubeletStage, name = "p") => statusOf(stage, name)?.ready === true;

function stageWith(images = {}) {
  const computer = emptyScript();
  const stage = kubeletStage({ computer, images });
  stage.createPod("p", app);
  assert.ok(stage.until(() => isReady(stage)));
  return { stage, computer };
}

/** The computer loses power: all that it ran is gone, and so is whoever ran on it. */
function losePower(stage: KubeletStage): void {
  stage.simulation.crashNow(computerAddress, "for the test");
}

test("a kubelet goes down with its computer, and its pods run again as on a node that was restarted", () => {
  const { stage } = stageWith();
  const { containerID } = statusOf(stage) ?? {};
  losePower(stage);
  assert.ok(stage.until(() => stage.simulation.report(kubeletAddress)?.incarnation === 1));
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1 && isReady(stage)));
  assert.notEqual(statusOf(stage)?.containerID, containerID);
  assert.equal(statusOf(stage)?.lastState?.terminated?.reason, "ContainerStatusUnknown");
  stage.simulation.advance(60_000);
  assert.equal(stage.simulation.report(kubeletAddress)?.incarnation, 1);
  assert.equal(stage.runtime.inspect(computerAddress).sandboxes.length, 1);
});

test("a kubelet waits for a computer that stays away, and comes back with it", () => {
  const { stage } = stageWith();
  const end = stage.simulation.faults.begin({ kind: "crash", parameters: { actor: computerAddress } });
  stage.simulation.advance(120_000);
  assert.equal(stage.simulation.report(kubeletAddress)?.phase, "booting");
  assert.equal(stage.simulation.report(kubeletAddress)?.incarnation, 1);
  end();
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1 && isReady(stage)));
});

test("a kubelet goes down with its computer, unless it is stopping anyway", () => {
  const input = { node: "node-0", apiServers: ["apiserver/0"], podCidr: "10.244.0.0/24", computer: computerAddress };
  const down = { type: "down", address: computerAddress };
  for (const isStopping of [false, true]) {
    const life = { definition: kubelet, address: "kubelet/node-0", parent: "", input, incarnation: 0, seed: 1 };
    const cell = startCell({ ...life, nowMs: 0, uptimeMs: 0 });
    let effects: readonly Effect[] = cell.firstEffects;
    const version = { runtimeName: "containerd", runtimeVersion: "2" };
    for (const value of [version, { sandboxes: [] }, { containers: [] }]) {
      // The version, then the lists: from then on a registration is under way, which a kubelet that stops waits for.
      const asked = effects.findLast((each) => each.kind === "ask");
      assert.ok(asked?.kind === "ask");
      const reply = {
        type: "reply",
        ask: asked.id,
        from: computerAddress,
        body: ok(value),
      };
      effects = [...cell.deliver(reply, 1, 1)];
    }
    if (isStopping) cell.deliver({ type: "stop" }, 2, 2);
    assert.equal(cell.machine.phase(), isStopping ? "shuttingDown" : "registering");
    if (isStopping) cell.deliver(down, 3, 3);
    else assert.throws(() => cell.deliver(down, 3, 3), /^Error: Cannot go on without computer-1: it is down/);
  }
});

test("containers run on while their kubelet is killed", () => {
  const { stage } = stageWith();
  stage.simulation.advance(1_000);
  const before = { status: stage.pod("p")?.status, runtime: stage.runtime.inspect(computerAddress) };
  stage.simulation.crashNow(kubeletAddress, "for the test");
  stage.simulation.advance(30_000);
  assert.equal(stage.simulation.report(kubeletAddress)?.phase, "running.connected");
  assert.deepEqual(stage.pod("p")?.status, before.status);
  assert.deepEqual(stage.runtime.inspect(computerAddress), before.runtime);
});

test("the news of an exit that was lost on the way is found out", () => {
  const { stage } = stageWith({ app: { exitAfterMs: 30_000, attemptsMax: 1 } });
  const parameters = { from: [computerAddress], to: [kubeletAddress] };
  const heal = stage.simulation.faults.begin({ kind: "partition", parameters });
  stage.simulation.advance(35_000);
  heal();
  assert.ok(stage.until(() => statusOf(stage)?.restartCount === 1 && isReady(stage), 200_000));
});

test("the news of what probes would find that were lost are found out, too", () => {
  const images = { app: { readyMs: 3_000 }, sick: { unhealthyAfterMs: 5_000, attemptsMax: 1 } };
  const stage = kubeletStage({ computer: emptyScript(), images });
  const exec = { command: ["true"] };
  const parameters = { from: [computerAddress], to: [kubeletAddress] };
  stage.createPod("p", { containers: [{ name: "c", image: "app:1", readinessProbe: { exec, periodSeconds: 1 } }] });
  stage.createPod("q", { containers: [{ name: "c", image: "sick:1", livenessProbe: { exec, periodSeconds: 1 } }] });
  stage.simulation.advance(1_000);
  const heal = stage.simulation.faults.begin({ kind: "partition", parameters });
  stage.simulation.advance(6_000);
  heal();
  assert.ok(stage.until(() => isReady(stage), 200_000));
  assert.ok(stage.until(() => statusOf(stage, "q")?.restartCount === 1 && isReady(stage, "q"), 200_000));
});

const ops = ["RunPodSandbox", "PullImage", "CreateContainer", "StartContainer", "StopContainer"] as const;

for (const op of [
  ...ops,
  "StopPodSandbox",
  "RemovePodSandbox",
  "ListPodSandbox",
  "ListContainers",
  "ImageStatus",
] as const) {
  for (const when of ["before", "after"] as const) {
    test(`a computer that does not answer ${op} ${when} it acted leaves one sandbox, one container, and in the end none`, () => {
      let left = 1;
      const isSilent = (request: CriRequest) => (request.op === op && left-- > 0 ? when : undefined);
      const computer = emptyScript({ isSilent });
      const stage = kubeletStage({ computer });
      stage.createPod("p", app);
      assert.ok(stage.until(() => isReady(stage), 2_000_000));
      const { sandboxes, containers } = stage.runtime.inspect(computerAddress);
      assert.deepEqual([sandboxes.length, containers.length], [1, 1]);
      assert.equal(statusOf(stage)?.restartCount, 0);
      stage.deletePod("p");
      assert.ok(stage.until(() => stage.pod("p") === undefined, 2_000_000));
      const isEmpty = () => stage.runtime.inspect(computerAddress).sandboxes.length === 0;
      assert.ok(stage.until(isEmpty, 2_000_000));
    });
  }
}

property(
  "pods converge whatever a computer loses: calls, answers, power, its kubelet",
  [
    fc.array(fc.constantFrom("kill", "power", "cut", "heal", "wait", "delete", "create", "mute"), { maxLength: 14 }),
    fc.integer({ min: 1, max: 1_000 }),
  ],
  (acts, seed) => {
    let mute = 0;
    const computer = emptyScript({ isSilent: () => (mute-- > 0 ? "after" : undefined) });
    const stage = kubeletStage({ computer, seed });
    let heal: (() => void) | undefined;
    let pods = 0;
    const wanted = new Set<string>();
    for (const act of acts) {
      if (act === "kill") stage.simulation.crashNow(kubeletAddress, "for the test");
      if (act === "power") losePower(stage);
      if (act === "cut") {
        const parameters = { from: [kubeletAddress], to: [computerAddress] };
        heal ??= stage.simulation.faults.begin({ kind: "partition", parameters });
      }
      if (act === "mute") mute = 2;
      if (act === "heal") heal = heal?.() as undefined;
      if (act === "create") {
        wanted.add(`p${++pods}`);
        stage.createPod(`p${pods}`, app);
      }
      const [first] = wanted;
      if (act === "delete" && first !== undefined) {
        wanted.delete(first);
        stage.deletePod(first);
      }
      stage.simulation.advance(act === "wait" ? 5_000 : 300);
    }
    heal?.();
    mute = 0;
    const names = () =>
      stage.runtime.inspect(computerAddress).sandboxes.flatMap(({ pod, ready }) => (ready ? [pod.name] : []));
    const isConverged = () =>
      names().sort().join() === [...wanted].sort().join() && [...wanted].every((name) => isReady(stage, name));
    stage.simulation.advance(400_000);
    assert.ok(isConverged(), `${names()} instead of ${[...wanted]}`);
    for (let index = 1; index <= pods; index++)
      assert.equal(stage.pod(`p${index}`) !== undefined, wanted.has(`p${index}`));
  },
  { runs: 40 },
);
