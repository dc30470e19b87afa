import { assert, test } from "../../../properties/house/test.ts";
import { awaitPhase, podNamed, realApiStage } from "../../../properties/stages/kubelet/real_api_stage.ts";

test("a container whose processes take more memory than it may have is OOMKilled, and one that has room runs", () => {
  const { lab } = realApiStage(4);
  const run = (name: string, bytes: string) => {
    const args = ["--vm", "1", "--vm-bytes", bytes, "--vm-hang", "1"];
    const resources = { limits: { memory: "200Mi" } };
    const containers = [{ name: "c", image: "polinux/stress", command: ["stress"], args, resources }];
    const body = podNamed(name, { restartPolicy: "Never", containers });
    assert.equal(lab.call("create", "pods", { namespace: "default", body }).code, 201);
  };
  run("fits", "150M");
  run("bursts", "250M");
  awaitPhase(lab, "bursts", "Failed");
  awaitPhase(lab, "fits", "Running");
  const { status } = lab.call("get", "pods", { namespace: "default", name: "bursts" }).body;
  const { reason, exitCode } = status.containerStatuses[0].state.terminated;
  assert.deepEqual([reason, exitCode], ["OOMKilled", 137]);
});

test("of a container's last word the end counts where it is too long", () => {
  const { lab } = realApiStage(5);
  const containers = [{ name: "c", image: "alpine", command: ["sh", "-c", "seq 2000 > /dev/termination-log; exit 2"] }];
  const body = podNamed("wordy", { restartPolicy: "Never", containers });
  assert.equal(lab.call("create", "pods", { namespace: "default", body }).code, 201);
  awaitPhase(lab, "wordy", "Failed");
  const { status } = lab.call("get", "pods", { namespace: "default", name: "wordy" }).body;
  const { message } = status.containerStatuses[0].state.terminated;
  assert.deepEqual([message.length, message.slice(-10)], [4_096, "1999\n2000\n"]);
});
