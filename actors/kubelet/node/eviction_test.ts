import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { awaitPhase, podNamed, realApiStage } from "../../../properties/stages/kubelet/real_api_stage.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import { type Candidate, evictionMessage, inEvictionOrder, thresholdsPassed } from "./pressure.ts";

const megabyte = 1_000_000;
const minuteMs = 60_000;
const images = { small: { sizeBytes: 9 * megabyte }, large: { sizeBytes: 100 * megabyte } };
const low = "The node was low on resource: ephemeral-storage. Threshold quantity: 18750000, available: 15625Ki. ";

function run(stage: KubeletStage, name: string, spec: object = {}): void {
  stage.createPod(name, { containers: [{ name: "c", image: `${name}:1` }], ...spec });
  assert.ok(stage.until(() => stage.pod(name)?.status.phase === "Running"));
}

function conditionOf(stage: KubeletStage) {
  const found = stage.node()?.status.conditions?.find(({ type }) => type === "DiskPressure");
  return `${found?.status} ${found?.reason}`;
}

function reasonsOf(stage: KubeletStage, name: string) {
  return stage.events().flatMap(({ involvedObject, reason }) => (involvedObject.name === name ? [reason ?? ""] : []));
}

const stageFull = () => kubeletStage({ images, input: { capacity: { pods: "9", "ephemeral-storage": "125M" } } });
const isPressed = (stage: KubeletStage) => conditionOf(stage) === "True KubeletHasDiskPressure";
const isCalm = (stage: KubeletStage) => conditionOf(stage) === "False KubeletHasNoDiskPressure";

test("a disk that images fill is freed of those that nobody has first, and the node stays pressed for five minutes", () => {
  const stage = stageFull();
  stage.createPod("large", { containers: [{ name: "c", image: "large:1" }] });
  stage.until(() => stage.pod("large")?.status.phase === "Running");
  stage.simulation.advance(8 * minuteMs);
  stage.deletePod("large", 0);
  stage.simulation.advance(1_000);
  run(stage, "small");
  assert.ok(stage.until(() => isPressed(stage), minuteMs));
  stage.simulation.advance(4 * minuteMs);
  assert.deepEqual([stage.pod("small")?.status.phase, isPressed(stage)], ["Running", true]);
  assert.deepEqual(
    stage.node()?.status.images?.map((each) => each.sizeBytes),
    [9 * megabyte],
  );
  stage.createPod("later", { containers: [{ name: "c", image: "small:1" }] });
  stage.createPod("vital", { priority: 2_000_000_000, containers: [{ name: "c", image: "small:1" }] });
  assert.ok(stage.until(() => stage.pod("vital")?.status.phase === "Running"));
  const { phase, reason, message } = stage.pod("later")?.status ?? {};
  const told = "Pod was rejected: The node had condition: [DiskPressure]. ";
  assert.deepEqual([phase, reason, message], ["Failed", "Evicted", told]);
  assert.ok(stage.until(() => isCalm(stage), 2 * minuteMs));
  const reasons = reasonsOf(stage, "node-1").filter((each) => /Disk|Eviction/.test(each));
  assert.deepEqual(reasons, ["NodeHasNoDiskPressure", "NodeHasDiskPressure", "EvictionThresholdMet"]);
  run(stage, "last", { containers: [{ name: "c", image: "small:1" }] });
});

test("where no image can go the least of the pods does, and what it had, too", () => {
  const stage = stageFull();
  run(stage, "large", { priority: 1 });
  // From when it is first seen on, an image is kept for two minutes.
  stage.simulation.advance(8 * minuteMs);
  run(stage, "small", { priority: 2 });
  assert.ok(stage.until(() => stage.pod("large")?.status.phase === "Failed", minuteMs));
  const { reason, message, conditions = [] } = stage.pod("large")?.status ?? {};
  assert.deepEqual([reason, message], ["Evicted", low]);
  const target = conditions.find(({ type }) => type === "DisruptionTarget");
  assert.deepEqual([target?.status, target?.reason, target?.message], ["True", "TerminationByKubelet", low]);
  assert.ok(reasonsOf(stage, "large").includes("Evicted"));
  stage.simulation.advance(6 * minuteMs);
  // What it leaves is enough for who is left.
  assert.equal(stage.pod("small")?.status.phase, "Running");
  assert.deepEqual([stage.node()?.status.images?.length, isCalm(stage)], [1, true]);
});

test("who writes most beyond what it has asked for is evicted from a disk that pods fill, and the others stay", () => {
  const { lab, exec } = realApiStage(3, {
    capacity: { cpu: "4", memory: "8Gi", pods: "9", "ephemeral-storage": "60Mi" },
  });
  const inDefault = { namespace: "default" };
  const volumes = [{ name: "v", emptyDir: {} }];
  const volumeMounts = [{ name: "v", mountPath: "/v" }];
  for (const [name, asked] of Object.entries({ modest: "0", greedy: "1Mi", honest: "20Mi" })) {
    const resources = { requests: { "ephemeral-storage": asked } };
    const containers = [{ name: "c", image: "busybox", command: ["sleep", "100000"], resources, volumeMounts }];
    lab.call("create", "pods", {
      ...inDefault,
      body: podNamed(name, { automountServiceAccountToken: false, containers, volumes }),
    });
    awaitPhase(lab, name, "Running");
    const mebibytes = { modest: 3, greedy: 8, honest: 15 }[name] ?? 0;
    exec(name, `head -c ${mebibytes * 2 ** 20} /dev/zero > /x`);
  }
  const before = lab.call("get", "nodes", { name: "node-1" }).body.status.conditions;
  assert.equal(before.find((each: { type: string }) => each.type === "DiskPressure").status, "False");
  exec("greedy", `head -c ${25 * 2 ** 20} /dev/zero > /v/y`);
  lab.simulation.advance(60_000);
  const status = (name: string) => lab.call("get", "pods", { ...inDefault, name }).body.status;
  const phases = ["modest", "greedy", "honest"].map((name) => status(name).phase);
  assert.deepEqual(phases, ["Running", "Failed", "Running"]);
  assert.match(
    status("greedy").message,
    /^The node was low on resource: ephemeral-storage. Threshold quantity: 9Mi, available: \d+(Ki)?. Container c was using \d+(Ki)?, request is 1Mi, has larger consumption of ephemeral-storage. $/,
  );
});

const size = { usedBytes: 0, capacityBytes: 100, imagesBytes: 0, usedNodes: 0, capacityNodes: 100 };

test("thresholdsPassed() wants 15 hundredths of a disk's bytes, and 5 of its nodes", () => {
  const found = (more: object) =>
    thresholdsPassed({ pods: [], disk: { ...size, ...more } }, { memoryBytes: 2 ** 30 }).map(
      ({ resource }) => resource,
    );
  assert.deepEqual(found({ usedBytes: 85, usedNodes: 95 }), []);
  assert.deepEqual(found({ usedBytes: 86 }), ["ephemeral-storage"]);
  assert.deepEqual(found({ usedNodes: 96 }), ["inodes"]);
});

const candidate = fc.record({
  priority: fc.integer({ min: -2, max: 2 }),
  request: fc.nat(4),
  used: fc.option(fc.nat(8), { nil: undefined }),
});

property("nobody is evicted before who has more reason to be", [fc.array(candidate)], (all) => {
  const pods = all.map((of) => {
    const resources = { requests: { "ephemeral-storage": String(of.request) } };
    const pod = { spec: { priority: of.priority, containers: [{ name: "c", resources }] } } as unknown as Frozen<Pod>;
    const containers = [{ name: "c", writtenBytes: of.used, loggedBytes: 0, writtenNodes: 1 }];
    const usage = of.used === undefined ? undefined : ({ containers } as unknown as Candidate["usage"]);
    return { pod, usage, of };
  });
  const order = inEvictionOrder(pods, "ephemeral-storage").map(({ of }) => of);
  assert.equal(order.length, all.length);
  for (const [index, next] of order.slice(1).entries()) {
    const before = order[index];
    if (before?.used === undefined) continue;
    assert.ok(next.used !== undefined);
    const [mine, theirs] = [before.used - before.request, next.used - next.request];
    if (mine > 0 !== theirs > 0) assert.ok(mine > 0);
    else if (before.priority !== next.priority) assert.ok(before.priority < next.priority);
    else assert.ok(mine >= theirs);
  }
});

test("evictionMessage() says of inodes what there is too little of, and of bytes who has taken them", () => {
  const pod = { spec: { containers: [{ name: "c" }, { name: "quiet" }] } } as unknown as Frozen<Pod>;
  const containers = [
    { name: "c", writtenBytes: 2_000, loggedBytes: 48 },
    { name: "quiet", writtenBytes: 0, loggedBytes: 0 },
  ];
  const usage = { containers } as unknown as Candidate["usage"];
  const by = (resource: "ephemeral-storage" | "inodes") =>
    evictionMessage({ pod, usage }, { resource, quantity: 2 ** 20, available: 3 });
  const passed = "Threshold quantity: 1Mi, available: 3. ";
  assert.equal(by("inodes"), `The node was low on resource: inodes. ${passed}`);
  const larger = "Container c was using 2Ki, request is 0, has larger consumption of ephemeral-storage. ";
  assert.equal(by("ephemeral-storage"), `The node was low on resource: ephemeral-storage. ${passed}${larger}`);
});
