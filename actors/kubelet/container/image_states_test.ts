import { assert, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { emptyScript } from "../../../properties/stages/kubelet/test_computer.ts";
import type { Container } from "../../api/types.ts";

const statusOf = (stage: KubeletStage) => stage.pod("p")?.status.containerStatuses?.[0];
const waitingOf = (stage: KubeletStage) => statusOf(stage)?.state?.waiting;
const told = (stage: KubeletStage) =>
  stage.events().map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

function stageWith(container: Partial<Container>, images = {}) {
  const stage = kubeletStage({ images });
  stage.createPod("p", { containers: [{ name: "c", image: "app:1", ...container }] });
  stage.simulation.advance(500);
  return stage;
}

test("an image whose name is none is reported and never asked for", () => {
  const stage = stageWith({ image: "Shop:1" });
  const message =
    'Failed to apply default image tag "Shop:1": couldn\'t parse image name "Shop:1": ' +
    "invalid reference format: repository name (library/Shop) must be lowercase";
  assert.deepEqual(waitingOf(stage), { reason: "InvalidImageName", message });
  stage.simulation.advance(30_000);
  assert.equal(waitingOf(stage)?.reason, "InvalidImageName");
  assert.ok(told(stage).includes(`Warning InspectFailed: ${message}`));
  assert.ok(told(stage).includes("Warning Failed: Error: InvalidImageName"));
  assert.ok(!told(stage).some((text) => text.includes("Pulling")));
  stage.deletePod("p");
  assert.ok(stage.until(() => stage.pod("p") === undefined));
});

test("an image that may not be pulled waits until it is there", () => {
  const stage = stageWith({ imagePullPolicy: "Never" });
  const message = 'Container image "app:1" is not present with pull policy of Never';
  assert.deepEqual(waitingOf(stage), { reason: "ErrImageNeverPull", message });
  assert.ok(told(stage).includes(`Warning ErrImageNeverPull: ${message}`));
  assert.ok(told(stage).includes("Warning Failed: Error: ErrImageNeverPull"));
  stage.createPod("q", { containers: [{ name: "c", image: "app:1" }] });
  assert.ok(stage.until(() => statusOf(stage)?.ready === true));
});

test("an image that fails to be pulled is reported with the runtime's code and words, then waited for", () => {
  const stage = stageWith({ image: "missing/app:1" });
  const cause =
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/missing/app:1": failed to resolve ' +
    'reference "docker.io/missing/app:1": docker.io/missing/app:1: not found';
  assert.deepEqual(waitingOf(stage), { reason: "ErrImagePull", message: cause });
  assert.ok(stage.until(() => waitingOf(stage)?.reason === "ImagePullBackOff"));
  const message = `Back-off pulling image "missing/app:1": ErrImagePull: ${cause}`;
  assert.equal(waitingOf(stage)?.message, message);
  assert.ok(told(stage).includes(`Warning Failed: Failed to pull image "missing/app:1": ${cause}`));
});

test("an image that is there is pulled again only when it always is", () => {
  const stage = stageWith({}, { app: { pullMs: 100 } });
  const count = (reason: string) => stage.events().filter((each) => each.reason === reason).length;
  stage.createPod("again", { containers: [{ name: "c", image: "app:1" }] });
  stage.simulation.advance(500);
  assert.equal(count("Pulling"), 1);
  assert.ok(told(stage).includes('Normal Pulled: Container image "app:1" already present on machine'));
  stage.createPod("always", { containers: [{ name: "c", image: "app:1", imagePullPolicy: "Always" }] });
  stage.simulation.advance(500);
  assert.equal(count("Pulling"), 2);
});

test("a container that failed says why by the last that it wrote, when it wants that", () => {
  const computer = emptyScript();
  const lines = ["first", "the reason"].map((text, index) => ({
    ...{ number: index + 1, atMs: 0 },
    ...{ stream: "stderr" as const, text },
  }));
  for (const name of ["asks", "does-not"]) computer.lines?.set(name, lines);
  const stage = kubeletStage({ computer, images: { app: { exitAfterMs: 1_000, exitCode: 2 } } });
  const container = { image: "app:1", terminationMessagePolicy: "FallbackToLogsOnError" };
  stage.createPod("p", {
    restartPolicy: "Never",
    containers: [
      { ...container, name: "asks" },
      { name: "does-not", image: "app:1" },
    ],
  });
  assert.ok(stage.until(() => stage.pod("p")?.status.phase === "Failed"));
  stage.simulation.advance(1_000);
  const messages = stage.pod("p")?.status.containerStatuses?.map(({ state }) => state?.terminated?.message);
  assert.deepEqual(messages, ["first\nthe reason\n", undefined]);
});
