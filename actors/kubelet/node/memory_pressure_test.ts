import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { type KubeletStage, kubeletAddress, kubeletStage } from "../../../properties/stages/kubelet/kubelet_stage.ts";
import { awaitPhase, podNamed, realApiStage } from "../../../properties/stages/kubelet/real_api_stage.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import type { NodeUsage } from "../messages.ts";
import { type Candidate, evictionMessage, inEvictionOrder, thresholdsPassed } from "./pressure.ts";

const mebibyte = 2 ** 20;
const minuteMs = 60_000;
const of = (bytes: number) => ({ memoryBytes: bytes * mebibyte });
const images = { modest: of(50), greedy: of(500), growing: { ...of(50), memoryBytesPerSecond: mebibyte }, tiny: {} };
const input = { capacity: { pods: "9", memory: "1Gi" } };

function run(stage: KubeletStage, name: string, { image = name, memory = "0", ...spec }: Record<string, unknown> = {}) {
  const resources = memory === "0" ? {} : { requests: { memory } };
  stage.createPod(name, { containers: [{ name: "c", image: `${image}:1`, resources }], ...spec } as object);
  assert.ok(stage.until(() => stage.pod(name)?.status.phase === "Running"));
}

function conditionOf(stage: KubeletStage, wanted = "MemoryPressure") {
  const { status, reason, message } = stage.node()?.status.conditions?.find(({ type }) => type === wanted) ?? {};
  return `${status} ${reason} ${message}`;
}

const phases = (stage: KubeletStage, ...names: string[]) => names.map((name) => stage.pod(name)?.status.phase);

test("who uses most memory beyond what it has asked for is evicted, and the node stays pressed for five minutes", () => {
  const stage = kubeletStage({ images, input });
  run(stage, "modest");
  run(stage, "honest", { image: "greedy", memory: "512Mi" });
  run(stage, "growing", { memory: "20Mi" });
  assert.equal(conditionOf(stage), "False KubeletHasSufficientMemory kubelet has sufficient memory available");
  assert.ok(stage.until(() => stage.pod("growing")?.status.phase === "Failed", 8 * minuteMs));
  const { reason, message = "", conditions = [] } = stage.pod("growing")?.status ?? {};
  assert.equal(reason, "Evicted");
  assert.match(
    message,
    /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+(Ki)?\. Container c was using \d+(Ki)?, request is 20Mi, has larger consumption of memory\. $/,
  );
  assert.equal(conditions.find(({ type }) => type === "DisruptionTarget")?.reason, "TerminationByKubelet");
  const pressed = "True KubeletHasInsufficientMemory kubelet has insufficient memory available";
  assert.ok(stage.until(() => conditionOf(stage) === pressed, minuteMs));
  stage.simulation.advance(4 * minuteMs);
  assert.deepEqual([conditionOf(stage), ...phases(stage, "modest", "honest")], [pressed, "Running", "Running"]);
  assert.ok(stage.until(() => conditionOf(stage).startsWith("False"), 2 * minuteMs));
  const reasons = stage.events().flatMap(({ involvedObject, reason: said = "" }) => {
    return involvedObject.name === "node-1" && /Memory|Eviction/.test(said) ? [said] : [];
  });
  assert.deepEqual(reasons, ["NodeHasSufficientMemory", "NodeHasInsufficientMemory", "EvictionThresholdMet"]);
  assert.equal(stage.events().find(({ reason: said }) => said === "NodeHasSufficientMemory")?.count, 2);
  const met = stage.events().find(({ reason: said }) => said === "EvictionThresholdMet");
  assert.deepEqual([met?.type, met?.message], ["Warning", "Attempting to reclaim memory"]);
});

test("a node without memory turns away who has asked for nothing, unless it bears that or is needed", () => {
  const stage = kubeletStage({ images, input });
  run(stage, "greedy");
  run(stage, "kept", { image: "greedy", memory: "512Mi" });
  assert.ok(stage.until(() => stage.pod("greedy")?.status.phase === "Failed", minuteMs));
  const later = (name: string, spec: object, resources: object = {}) =>
    stage.createPod(name, { containers: [{ name: "c", image: "tiny:1", resources }], ...spec });
  later("idle", {});
  later("asking", {}, { requests: { memory: "1Mi" } });
  const key = "node.kubernetes.io/memory-pressure";
  later("bearing", { tolerations: [{ key, operator: "Exists", effect: "NoSchedule" }] });
  later("vital", { priority: 2_000_000_000 });
  stage.simulation.advance(10_000);
  assert.deepEqual(phases(stage, "idle", "asking", "bearing", "vital"), ["Failed", "Running", "Running", "Running"]);
  const { reason, message } = stage.pod("idle")?.status ?? {};
  assert.deepEqual([reason, message], ["Evicted", "Pod was rejected: The node had condition: [MemoryPressure]. "]);
});

test("pods go one at a time, for as long as there is too little memory, and critical ones never", () => {
  const stage = kubeletStage({ images: { ...images, half: of(400) }, input });
  run(stage, "vital", { image: "half", priority: 2_000_000_000 });
  run(stage, "first", { image: "half", priority: 1 });
  run(stage, "second", { image: "half", priority: 2 });
  assert.ok(stage.until(() => stage.pod("first")?.status.phase === "Failed", minuteMs));
  stage.simulation.advance(2 * minuteMs);
  // What one leaves is enough.
  assert.deepEqual(phases(stage, "vital", "second"), ["Running", "Running"]);
});

test("a kubelet that begins anew finds who had taken the memory before", () => {
  const stage = kubeletStage({ images, input });
  run(stage, "growing");
  run(stage, "kept", { image: "greedy", memory: "512Mi" });
  stage.simulation.crashNow(kubeletAddress, "test");
  assert.ok(stage.until(() => stage.pod("growing")?.status.phase === "Failed", 9 * minuteMs));
  assert.deepEqual(phases(stage, "kept"), ["Running"]);
});

test("a node on which nobody has much in memory is not measured", () => {
  const stage = kubeletStage({ images, input });
  run(stage, "tiny");
  let asked = 0;
  stage.simulation.onStep((_address, event) => {
    if (JSON.stringify(event ?? "").includes("ListContainerStats")) asked++;
  });
  stage.simulation.advance(5 * minuteMs);
  assert.equal(asked, 0);
});

test("memory that a process takes is seen, and who holds it goes", () => {
  const { lab } = realApiStage(3, { capacity: { cpu: "4", memory: "600Mi", pods: "9", "ephemeral-storage": "10Gi" } });
  const pod = (name: string, command: readonly string[], memory: string) => {
    const containers = [{ name: "c", image: "polinux/stress", command, resources: { requests: { memory } } }];
    lab.call("create", "pods", {
      namespace: "default",
      body: podNamed(name, { automountServiceAccountToken: false, containers }),
    });
    awaitPhase(lab, name, "Running");
  };
  const hog = (mebibytes: number) => ["sh", "-c", `sleep 30; stress --vm 1 --vm-bytes ${mebibytes}M`];
  pod("idle", ["sleep", "100000"], "1Mi");
  pod("greedy", hog(300), "100Mi");
  pod("honest", hog(250), "300Mi");
  lab.simulation.advance(60_000);
  const { phase, message } = lab.call("get", "pods", { namespace: "default", name: "greedy" }).body.status;
  assert.equal(phase, "Failed");
  assert.match(message, /Container c was using 304Mi, request is 100Mi, has larger consumption of memory\. $/);
  for (const name of ["idle", "honest"])
    assert.equal(lab.call("get", "pods", { namespace: "default", name }).body.status.phase, "Running");
});

test("where processes are limited, who has many goes, the least of the pods first", () => {
  const { lab } = realApiStage(3, { evictionHard: { "pid.available": "32751" } });
  const script = "for i in 1 2 3 4 5 6 7; do sleep 100000 & done; wait";
  for (const [name, words] of Object.entries({
    quiet: ["sleep", "100000"],
    many: ["sh", "-c", script],
    more: ["sh", "-c", `sleep 5000 & ${script}`],
  })) {
    const containers = [{ name: "c", image: "busybox", command: words }];
    lab.call("create", "pods", {
      namespace: "default",
      body: podNamed(name, { automountServiceAccountToken: false, containers }),
    });
    awaitPhase(lab, name, "Running");
  }
  lab.simulation.advance(60_000);
  const statusOf = (name: string) => lab.call("get", "pods", { namespace: "default", name }).body.status;
  assert.deepEqual(
    ["quiet", "many", "more"].map((name) => statusOf(name).phase),
    ["Running", "Running", "Failed"],
  );
  assert.equal(
    statusOf("more").message,
    "The node was low on resource: pids. Threshold quantity: 32751, available: 32750. ",
  );
  const { conditions } = lab.call("get", "nodes", { name: "node-1" }).body.status;
  const { status, reason } = conditions.find((each: { type: string }) => each.type === "PIDPressure");
  assert.deepEqual([status, reason], ["True", "KubeletHasInsufficientPID"]);
});

test("thresholdsPassed() has memory lead, and takes what a kubelet was told for what there has to be", () => {
  const containers = [{ memoryBytes: 90 * mebibyte, processes: 9 }];
  const disk = { usedBytes: 91, capacityBytes: 100, imagesBytes: 0, usedNodes: 0, capacityNodes: 100 };
  const usage = { pods: [{ containers }], disk } as unknown as NodeUsage;
  const passed = (evictionHard?: Record<string, string>) =>
    thresholdsPassed(usage, { memoryBytes: 200 * mebibyte, evictionHard }).map(({ resource }) => resource);
  assert.deepEqual(passed(), ["ephemeral-storage"]);
  assert.deepEqual(passed({ "memory.available": "60%" }), ["memory", "ephemeral-storage"]);
  assert.deepEqual(passed({ "imagefs.available": "1%", "nodefs.available": "5%" }), []);
  assert.deepEqual(passed({ "imagefs.available": "100%", "nodefs.available": "0%" }), []);
  assert.deepEqual(passed({ "pid.available": "32760" }), ["ephemeral-storage", "pids"]);
});

const candidate = fc.record({
  priority: fc.integer({ min: -2, max: 2 }),
  request: fc.nat(4),
  used: fc.option(fc.nat(8), { nil: undefined }),
});

function podsOf(
  all: readonly { readonly priority: number; readonly request: number; readonly used: number | undefined }[],
) {
  return all.map((each) => {
    const resources = { requests: { memory: String(each.request) } };
    const pod = { spec: { priority: each.priority, containers: [{ name: "c", resources }] } } as unknown as Frozen<Pod>;
    const containers = [{ name: "c", memoryBytes: each.used, processes: each.used }];
    const usage = each.used === undefined ? undefined : ({ containers } as unknown as Candidate["usage"]);
    return { pod, usage, each };
  });
}

property(
  "for want of memory who exceeds its requests goes first, for want of processes priority leads",
  [fc.array(candidate)],
  (all) => {
    const byMemory = inEvictionOrder(podsOf(all), "memory").map(({ each }) => each);
    for (const [index, next] of byMemory.slice(1).entries()) {
      const before = byMemory[index];
      if (before?.used === undefined) continue;
      assert.ok(next.used !== undefined);
      const [mine, theirs] = [before.used - before.request, next.used - next.request];
      if (mine > 0 !== theirs > 0) assert.ok(mine > 0);
      else assert.ok(before.priority < next.priority || (before.priority === next.priority && mine >= theirs));
    }
    const byProcesses = inEvictionOrder(podsOf(all), "pids").map(({ each }) => each);
    assert.equal(byProcesses.length, all.length);
    for (const [index, next] of byProcesses.slice(1).entries()) {
      const before = byProcesses[index];
      if (!before || before.priority < next.priority) continue;
      assert.equal(before.priority, next.priority);
      if (before.used !== undefined) assert.ok(next.used !== undefined && before.used >= next.used);
    }
  },
);

test("evictionMessage() says of a pod that asks as a whole what all of it has, and of its sidecars what each has", () => {
  const spec = {
    containers: [{ name: "c" }],
    initContainers: [{ name: "side" }],
    resources: { requests: { memory: "1Ki" } },
  };
  const pod = { metadata: { name: "p" }, spec } as unknown as Frozen<Pod>;
  const containers = ["c", "side", "ephemeral"].map((name) => ({ name, memoryBytes: 1024 }));
  const usage = { containers } as unknown as Candidate["usage"];
  const larger = (whose: string, used: string, asked: string) =>
    `${whose} was using ${used}, request is ${asked}, has larger consumption of memory. `;
  assert.equal(
    evictionMessage({ pod, usage }, { resource: "memory", quantity: 100 * mebibyte, available: 3 }),
    "The node was low on resource: memory. Threshold quantity: 100Mi, available: 3. " +
      larger("Pod p", "3Ki", "1Ki") +
      larger("Container c", "1Ki", "0") +
      larger("Container side", "1Ki", "0"),
  );
});
