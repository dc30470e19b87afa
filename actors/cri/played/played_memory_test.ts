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
