import { assert, test } from "../../../properties/house/test.ts";
import { usagePage } from "./usage_page.ts";

const nowMs = Date.UTC(2026, 0, 1);
const busy = { name: "c", cpuMs: 2_500, cpuMillis: 250, windowMs: 10_000, memoryBytes: 4_096 };
const usage = {
  pods: [
    { namespace: "default", name: "p", uid: "u", containers: [busy, { name: "young", cpuMs: 1, memoryBytes: 1 }] },
  ],
};

test("usagePage() says what a node's containers use as a kubelet's summary, and as what metrics-server scrapes", () => {
  const { body, contentType } = usagePage("/stats/summary", "n", { usage, nowMs });
  const summary = JSON.parse(body);
  assert.equal(contentType, "application/json");
  const time = "2026-01-01T00:00:00Z";
  assert.deepEqual(summary.pods[0].podRef, { name: "p", namespace: "default", uid: "u" });
  assert.deepEqual(summary.pods[0].containers[0].cpu, {
    time,
    usageNanoCores: 250_000_000,
    usageCoreNanoSeconds: 2_500_000_000,
  });
  assert.deepEqual(summary.node.memory, { time, usageBytes: 4_097, workingSetBytes: 4_097 });
  const { body: metrics } = usagePage("/metrics/resource", "n", { usage, nowMs });
  const lines = metrics.split("\n");
  assert.ok(
    lines.includes(`container_cpu_usage_seconds_total{container="c",namespace="default",pod="p"} 2.5 ${nowMs}`),
  );
  assert.ok(lines.includes(`node_memory_working_set_bytes 4097 ${nowMs}`));
  const own = usagePage("/metrics", "n", { usage, nowMs })
    .body.split("\n")
    .filter((line) => !line.startsWith("#"));
  assert.deepEqual(own, [
    'kubelet_node_name{node="n"} 1',
    'kubelet_running_containers{container_state="running"} 2',
    ...["kubelet_running_pods 1", ""],
  ]);
});
