import { assert, test } from "../../../properties/house/test.ts";
import { awaitPhase, podNamed, realApiStage } from "../../../properties/stages/kubelet/real_api_stage.ts";

const inDefault = { namespace: "default" };
const volumes = [{ name: "groups", hostPath: { path: "/sys/fs/cgroup" } }];
const volumeMounts = [{ name: "groups", mountPath: "/groups" }];

test("a node's control groups are those of its pods and containers, and follow a resize in place", () => {
  const { lab, exec } = realApiStage(21);
  const run = (name: string, spec: object) => {
    lab.call("create", "pods", {
      ...inDefault,
      body: podNamed(name, { automountServiceAccountToken: false, ...spec }),
    });
    awaitPhase(lab, name, "Running");
    const { uid } = lab.call("get", "pods", { ...inDefault, name }).body.metadata;
    const file = uid.replaceAll("-", "_");
    return exec("eye", `find /groups -name '*${file}*' -o -name '*${uid}*'`).trim();
  };
  const limited = (resources: object, more: object = {}) => ({
    containers: [{ name: "c", image: "busybox", command: ["sleep", "100000"], resources, ...more }],
  });
  const asked = { requests: { cpu: "200m", memory: "20Mi" }, limits: { cpu: "500m", memory: "40Mi" } };
  lab.call("create", "pods", {
    ...inDefault,
    body: podNamed("eye", { volumes, ...limited({}, { volumeMounts }), automountServiceAccountToken: false }),
  });
  awaitPhase(lab, "eye", "Running");
  const heads = (path: string) =>
    exec("eye", `cd ${path} && head -q -n 1 cpu.max cpu.weight memory.max`).trim().split("\n");

  const burstable = run("burstable", limited(asked));
  assert.match(
    burstable,
    /^\/groups\/kubepods.slice\/kubepods-burstable.slice\/kubepods-burstable-pod[0-9a-f_]+.slice$/,
  );
  assert.deepEqual(heads(burstable), ["50000 100000", "8", String(40 * 2 ** 20)]);
  assert.deepEqual(heads(`${burstable}/cri-containerd-*`), ["50000 100000", "8", String(40 * 2 ** 20)]);
  const both = [asked, { requests: { cpu: "100m" } }].map((resources, at) => ({
    ...{ name: `c${at}`, image: "busybox", command: ["sleep", "100000"], resources },
  }));
  // Without a limit of each of its containers a pod has none.
  assert.deepEqual(heads(run("mixed", { containers: both })), ["max 100000", "12", "max"]);
  const { limits } = asked;
  const guaranteed = run("guaranteed", limited({ limits }));
  assert.match(guaranteed, /^\/groups\/kubepods.slice\/kubepods-pod[0-9a-f_]+.slice$/);
  assert.deepEqual(heads(run("besteffort", limited({}))), ["max 100000", "1", "max"]);

  const changed = { requests: { cpu: "250m", memory: "20Mi" }, limits: { cpu: "600m", memory: "50Mi" } };
  const body = { spec: { containers: [{ name: "c", resources: changed }] } };
  const contentType = "application/strategic-merge-patch+json";
  const resized = lab.call("patch", "pods", {
    ...inDefault,
    name: "burstable",
    subresource: "resize",
    body,
    contentType,
  });
  assert.equal(resized.code, 200);
  lab.simulation.advance(2_000);
  for (const path of [burstable, `${burstable}/cri-containerd-*`])
    assert.deepEqual(heads(path), ["60000 100000", "10", String(50 * 2 ** 20)]);
  assert.equal(exec("burstable", "head -n 1 /sys/fs/cgroup/cpu.max"), "60000 100000\n");
  assert.match(exec("eye", `echo 1 > ${burstable}/cpu.weight`), /Read-only file system/);
  lab.call("delete", "pods", { ...inDefault, name: "burstable" });
  lab.simulation.advance(32_000);
  awaitPhase(lab, "burstable", "gone");
  assert.match(exec("eye", `ls ${burstable}`), /No such file or directory/);
});
