import { unitsOf } from "../../api/quantity.ts";
import { formatTime } from "../../api/time.ts";
import { present } from "../../kit/present.ts";
import {
  type ContainerUsage,
  localUsage,
  type NodeDisk,
  type NodeUsage,
  processesMax,
  type VolumeUsage,
} from "../../kubelet/messages.ts";
import { cadvisorMetrics, type MetricsOf, ownMetrics, probeMetrics, resourceMetrics } from "./kubelet_metrics.ts";

/** The paths under which a kubelet tells what its pods use. */
export const usagePaths = [
  "/stats/summary",
  "/metrics",
  "/metrics/cadvisor",
  "/metrics/probes",
  "/metrics/resource",
  "/runningpods",
] as const;

/** A path under which there are metrics. */
type MetricsPath = Exclude<(typeof usagePaths)[number], "/runningpods" | "/stats/summary">;

const metrics: { readonly [Path in MetricsPath]: (of: MetricsOf) => string } = {
  "/metrics": ownMetrics,
  "/metrics/cadvisor": cadvisorMetrics,
  "/metrics/probes": probeMetrics,
  "/metrics/resource": resourceMetrics,
};

/** What a kubelet shows under such a path. */
export function usagePage(path: Exclude<(typeof usagePaths)[number], "/runningpods">, of: MetricsOf) {
  if (path !== "/stats/summary")
    return { contentType: "text/plain; version=0.0.4; charset=utf-8", body: metrics[path](of) };
  const { node, usage, nowMs } = of;
  return { contentType: "application/json", body: JSON.stringify(summaryOf(node, usage, nowMs)) };
}

function sum(usage: NodeUsage, of: (container: NodeUsage["pods"][number]["containers"][number]) => number): number {
  return usage.pods.flatMap(({ containers }) => containers).reduce((all, each) => all + of(each), 0);
}

const nanosOfMs = 1_000_000;

/** A `Summary` of `k8s.io/kubelet/pkg/apis/stats/v1alpha1`, as far as computers know of it. */
function summaryOf({ metadata, status }: MetricsOf["node"], usage: NodeUsage, nowMs: number): object {
  const { name: nodeName } = metadata;
  const time = formatTime(nowMs);
  const cpu = (millis: number, totalMs: number) => ({
    time,
    usageNanoCores: millis * nanosOfMs,
    usageCoreNanoSeconds: Math.round(totalMs * nanosOfMs),
  });
  const memory = (bytes: number) => ({
    time,
    ...{ usageBytes: bytes, workingSetBytes: bytes, rssBytes: bytes, pageFaults: 0, majorPageFaults: 0 },
  });
  const memoryBytes = sum(usage, (each) => each.memoryBytes);
  const capacityBytes = unitsOf(status.capacity?.memory);
  const { disk } = usage;
  /** So much of the node's disk. */
  const part = (usedBytes: number, inodesUsed: number) => disk && { ...roomOf(disk, time), usedBytes, inodesUsed };
  const pods = usage.pods.map(({ name, namespace, uid, startedAtMs, containers, volumes = [] }) => {
    const local = localUsage({ containers, volumes });
    const total = (of: (container: ContainerUsage) => number) => containers.reduce((all, each) => all + of(each), 0);
    return {
      podRef: { name, namespace, uid },
      startTime: formatTime(startedAtMs),
      containers: containers.map((each) => ({
        name: each.name,
        startTime: formatTime(each.startedAtMs),
        cpu: cpu(each.cpuMillis ?? 0, each.cpuMs),
        memory: memory(each.memoryBytes),
        ...present({ rootfs: part(each.writtenBytes, each.writtenNodes), logs: part(each.loggedBytes, 1) }),
      })),
      cpu: cpu(
        total(({ cpuMillis = 0 }) => cpuMillis),
        total(({ cpuMs }) => cpuMs),
      ),
      memory: memory(total(({ memoryBytes }) => memoryBytes)),
      process_stats: { process_count: total(({ processes }) => processes) },
      ...(volumes.length === 0 ? {} : { volume: volumes.map((each) => volumeOf(each, { namespace, time })) }),
      ...present({ "ephemeral-storage": part(local.bytes, local.nodes) }),
    };
  });
  const files = pods.flatMap(({ containers }) => containers).map(({ rootfs }) => rootfs);
  const runtime = disk && {
    imageFs: part(disk.imagesBytes, 0),
    containerFs: part(
      files.reduce((all, each) => all + (each?.usedBytes ?? 0), 0),
      files.reduce((all, each) => all + (each?.inodesUsed ?? 0), 0),
    ),
  };
  const node = {
    nodeName,
    rlimit: { time, maxpid: processesMax, curproc: sum(usage, (each) => each.processes) },
    cpu: cpu(
      sum(usage, ({ cpuMillis = 0 }) => cpuMillis),
      sum(usage, ({ cpuMs }) => cpuMs),
    ),
    memory: { ...memory(memoryBytes), availableBytes: Math.max(0, capacityBytes - memoryBytes) },
    ...present({ fs: disk && part(disk.usedBytes, disk.usedNodes), runtime }),
  };
  return { node, pods };
}

/** What there is of a disk, and what of it is left. */
function roomOf({ capacityBytes, usedBytes, capacityNodes, usedNodes }: NodeDisk, time: string) {
  return {
    ...{ time, availableBytes: Math.max(0, capacityBytes - usedBytes), capacityBytes },
    ...{ inodesFree: Math.max(0, capacityNodes - usedNodes), inodes: capacityNodes },
  };
}

function volumeOf(volume: VolumeUsage, { namespace, time }: { readonly namespace: string; readonly time: string }) {
  const { name, claim, availableBytes, capacityBytes, usedBytes } = volume;
  return {
    ...{ time, availableBytes, capacityBytes, usedBytes },
    ...{ inodesFree: volume.availableNodes, inodes: volume.capacityNodes, inodesUsed: volume.usedNodes },
    name,
    ...(claim === undefined ? {} : { pvcRef: { name: claim, namespace } }),
  };
}
