import { assert, test } from "../../../properties/house/test.ts";
import type { Frozen, Node } from "../../api/types.ts";
import { usagePage } from "./usage_page.ts";

const nowMs = Date.UTC(2026, 0, 1);
const node = {
  ...{ apiVersion: "v1", kind: "Node", metadata: { name: "n" }, spec: {} },
  status: { capacity: { cpu: "4", memory: "1Mi" } },
} as Frozen<Node>;
const about = {
  id: "0f",
  image: "nginx:1",
  startedAtMs: nowMs - 90_500,
  probed: {},
  ...{ processes: 3, writtenBytes: 0, writtenNodes: 0, loggedBytes: 0 },
};
const busy = {
  ...about,
  name: "c",
  probed: { "Readiness failed": 2, "Readiness successful": 7 },
  cpuMs: 2_500,
  cpuMillis: 250,
  windowMs: 10_000,
  memoryBytes: 4_096,
};
const usage = {
  pods: [
    {
      namespace: "default",
      name: "p",
      uid: "u",
      startedAtMs: nowMs - 91_000,
      containers: [busy, { ...about, name: "young", cpuMs: 1, memoryBytes: 1 }],
    },
  ],
};

test("usagePage() says what a node's containers use as a kubelet's summary, and as what metrics-server scrapes", () => {
  const { body, contentType } = usagePage("/stats/summary", { node, usage, nowMs });
  const summary = JSON.parse(body);
  assert.equal(contentType, "application/json");
  const time = "2026-01-01T00:00:00Z";
  assert.deepEqual(summary.pods[0].podRef, { name: "p", namespace: "default", uid: "u" });
  assert.deepEqual(summary.pods[0].containers[0].cpu, {
    time,
    usageNanoCores: 250_000_000,
    usageCoreNanoSeconds: 2_500_000_000,
  });
  const used = { usageBytes: 4_097, workingSetBytes: 4_097, rssBytes: 4_097, pageFaults: 0, majorPageFaults: 0 };
  assert.deepEqual(summary.node.memory, { time, ...used, availableBytes: 2 ** 20 - 4_097 });
  assert.deepEqual(summary.node.rlimit, { time, maxpid: 32_768, curproc: 6 });
  assert.deepEqual(summary.pods[0].process_stats, { process_count: 6 });
  const { body: metrics } = usagePage("/metrics/resource", { node, usage, nowMs });
  const lines = metrics.split("\n");
  assert.ok(
    lines.includes(`container_cpu_usage_seconds_total{container="c",namespace="default",pod="p"} 2.5 ${nowMs}`),
  );
  assert.ok(lines.includes(`node_memory_working_set_bytes 4097 ${nowMs}`));
  const own = usagePage("/metrics", { node, usage, nowMs })
    .body.split("\n")
    .filter((line) => !line.startsWith("#"));
  assert.deepEqual(own, [
    'kubelet_node_name{node="n"} 1',
    'kubelet_running_containers{container_state="running"} 2',
    ...["kubelet_running_pods 1", ""],
  ]);
});

test("usagePage() says what is in the volumes of pods, and of each claim once as a metric", () => {
  const size = { usedBytes: 40, capacityBytes: 1_000, availableBytes: 960 };
  const nodes = { usedNodes: 3, capacityNodes: 100, availableNodes: 97 };
  const volumes = [
    { name: "scratch", isLocal: true, ...size, ...nodes },
    { name: "data", claim: "data-db-0", isLocal: false, ...size, ...nodes },
  ];
  const [pod] = usage.pods;
  assert.ok(pod);
  const withVolumes = { pods: [pod, { ...pod, name: "q" }].map((each) => ({ ...each, volumes })) };
  const summary = JSON.parse(usagePage("/stats/summary", { node, usage: withVolumes, nowMs }).body);
  const shown = {
    ...{ time: "2026-01-01T00:00:00Z", availableBytes: 960, capacityBytes: 1_000, usedBytes: 40 },
    ...{ inodesFree: 97, inodes: 100, inodesUsed: 3 },
  };
  assert.deepEqual(summary.pods[0].volume, [
    { ...shown, name: "scratch" },
    { ...shown, name: "data", pvcRef: { name: "data-db-0", namespace: "default" } },
  ]);
  const { body } = usagePage("/metrics", { node, usage: withVolumes, nowMs });
  const which = '{namespace="default",persistentvolumeclaim="data-db-0"}';
  const said = body.split("\n").filter((line) => line.startsWith("kubelet_volume_stats"));
  assert.deepEqual(
    said,
    [
      "available_bytes 960",
      "capacity_bytes 1000",
      "inodes 100",
      "inodes_free 97",
      "inodes_used 3",
      "used_bytes 40",
    ].map((each) => `kubelet_volume_stats_${each.replace(" ", `${which} `)}`),
  );
});

test("usagePage() says how much of its node's disk each container and each pod takes, and all images together", () => {
  const [pod] = usage.pods;
  assert.ok(pod);
  const written = { ...busy, writtenBytes: 200, writtenNodes: 2, loggedBytes: 30 };
  const size = {
    usedBytes: 40,
    capacityBytes: 1_000,
    availableBytes: 960,
    usedNodes: 3,
    capacityNodes: 9,
    availableNodes: 6,
  };
  const volumes = [
    { name: "scratch", isLocal: true, ...size },
    { name: "data", claim: "data-db-0", isLocal: false, ...size },
  ];
  const disk = { capacityBytes: 10_000, usedBytes: 7_000, imagesBytes: 6_000, capacityNodes: 100, usedNodes: 10 };
  const all = { pods: [{ ...pod, containers: [written], volumes }], disk };
  const { node: shown, pods } = JSON.parse(usagePage("/stats/summary", { node, usage: all, nowMs }).body);
  const room = {
    ...{ time: "2026-01-01T00:00:00Z", availableBytes: 3_000, capacityBytes: 10_000 },
    ...{ inodesFree: 90, inodes: 100 },
  };
  assert.deepEqual(shown.fs, { ...room, usedBytes: 7_000, inodesUsed: 10 });
  assert.deepEqual(shown.runtime.imageFs, { ...room, usedBytes: 6_000, inodesUsed: 0 });
  assert.deepEqual(shown.runtime.containerFs, { ...room, usedBytes: 200, inodesUsed: 2 });
  const [{ containers, startTime, "ephemeral-storage": local }] = pods;
  assert.deepEqual(containers[0].rootfs, { ...room, usedBytes: 200, inodesUsed: 2 });
  assert.deepEqual(containers[0].logs, { ...room, usedBytes: 30, inodesUsed: 1 });
  assert.deepEqual(local, { ...room, usedBytes: 270, inodesUsed: 6 });
  assert.equal(startTime, "2025-12-31T23:58:29Z");
});

test("usagePage() says what Prometheus scrapes of a node: its containers as cAdvisor sees them, pods, and probes", () => {
  const lines = (path: "/metrics/cadvisor" | "/metrics/probes" | "/metrics/resource") =>
    usagePage(path, { node, usage, nowMs }).body.split("\n");
  const resource = lines("/metrics/resource");
  assert.ok(resource.includes(`pod_cpu_usage_seconds_total{namespace="default",pod="p"} 2.501 ${nowMs}`));
  assert.ok(resource.includes(`pod_memory_working_set_bytes{namespace="default",pod="p"} 4097 ${nowMs}`));
  const started = (nowMs - 90_500) / 1_000;
  assert.ok(resource.includes(`container_start_time_seconds{container="c",namespace="default",pod="p"} ${started}`));
  assert.ok(
    resource.includes(
      "# HELP pod_cpu_usage_seconds_total [STABLE] Cumulative cpu time consumed by the pod in core-seconds",
    ),
  );
  const seen = lines("/metrics/cadvisor");
  const whose = 'id="/kubepods/podu/0f",image="nginx:1",name="0f",namespace="default",pod="p"';
  assert.ok(seen.includes(`container_cpu_usage_seconds_total{container="c",cpu="total",${whose}} 2.5 ${nowMs}`));
  assert.ok(seen.includes(`container_memory_working_set_bytes{container="c",${whose}} 4096 ${nowMs}`));
  assert.ok(seen.includes('machine_memory_bytes{boot_id="",machine_id="",system_uuid=""} 1048576'));
  assert.deepEqual(lines("/metrics/probes"), [
    "# HELP prober_probe_total [BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.",
    "# TYPE prober_probe_total counter",
    'prober_probe_total{container="c",namespace="default",pod="p",pod_uid="u",probe_type="Readiness",result="failed"} 2',
    'prober_probe_total{container="c",namespace="default",pod="p",pod_uid="u",probe_type="Readiness",result="successful"} 7',
    "",
  ]);
});
