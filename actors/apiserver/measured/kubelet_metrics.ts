import { unitsOf } from "../../api/quantity.ts";
import type { Frozen, Node } from "../../api/types.ts";
import type { ContainerUsage, NodeUsage, PodUsage, VolumeUsage } from "../../kubelet/messages.ts";

/** When and of what node is told. */
export interface MetricsOf {
  readonly node: Frozen<Node>;
  readonly usage: NodeUsage;
  readonly nowMs: number;
}

type Labels = Readonly<Record<string, string>>;

/** One of Prometheus' time series at this moment. */
interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  /** When it was measured. Default: now, which is not said. */
  readonly atMs?: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  /** Default: it has none, as those of cAdvisor. */
  readonly stability?: "ALPHA" | "BETA" | "STABLE";
  readonly samples: readonly Sample[];
}

/** Families in the format of Prometheus. */
function textOf(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, help, type, stability, samples }) => [
    `# HELP ${name} ${stability === undefined ? "" : `[${stability}] `}${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels = {}, value, atMs }) => {
      const said = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
      const which = said.length === 0 ? "" : `{${said.join(",")}}`;
      return `${name}${which} ${value}${atMs === undefined ? "" : ` ${atMs}`}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

type OfContainer<Value> = (container: ContainerUsage, pod: PodUsage) => Value;

function eachContainer<Value>({ pods }: NodeUsage, of: OfContainer<Value>): readonly Value[] {
  return pods.flatMap((pod) => pod.containers.map((container) => of(container, pod)));
}

function sum(containers: readonly ContainerUsage[], of: (container: ContainerUsage) => number): number {
  return containers.reduce((all, each) => all + of(each), 0);
}

const cpuSeconds = ({ cpuMs }: ContainerUsage) => cpuMs / 1_000;
const memoryBytes = ({ memoryBytes: bytes }: ContainerUsage) => bytes;

/** What metrics-server scrapes: `/metrics/resource`. */
export function resourceMetrics({ usage, nowMs: atMs }: Omit<MetricsOf, "node">): string {
  const whose: OfContainer<Labels> = ({ name }, { namespace, name: pod }) => ({ container: name, namespace, pod });
  const all = usage.pods.flatMap(({ containers }) => containers);
  const byPod = (of: (container: ContainerUsage) => number) =>
    usage.pods.map(({ namespace, name: pod, containers }) => ({
      labels: { namespace, pod },
      value: sum(containers, of),
      atMs,
    }));
  const stable = { stability: "STABLE" } as const;
  const cpu = (of: string) =>
    ({ ...stable, type: "counter", help: `Cumulative cpu time consumed by the ${of} in core-seconds` }) as const;
  const memory = (of: string) =>
    ({ ...stable, type: "gauge", help: `Current working set of the ${of} in bytes` }) as const;
  return textOf([
    {
      ...{ name: "container_cpu_usage_seconds_total", ...cpu("container") },
      samples: eachContainer(usage, (each, pod) => ({ labels: whose(each, pod), value: cpuSeconds(each), atMs })),
    },
    {
      ...{ name: "container_memory_working_set_bytes", ...memory("container") },
      samples: eachContainer(usage, (each, pod) => ({ labels: whose(each, pod), value: memoryBytes(each), atMs })),
    },
    {
      ...{ name: "container_start_time_seconds", type: "gauge", ...stable },
      help: "Start time of the container since unix epoch in seconds",
      samples: eachContainer(usage, (each, pod) => ({ labels: whose(each, pod), value: each.startedAtMs / 1_000 })),
    },
    { name: "node_cpu_usage_seconds_total", ...cpu("node"), samples: [{ value: sum(all, cpuSeconds), atMs }] },
    { name: "node_memory_working_set_bytes", ...memory("node"), samples: [{ value: sum(all, memoryBytes), atMs }] },
    { name: "pod_cpu_usage_seconds_total", ...cpu("pod"), samples: byPod(cpuSeconds) },
    { name: "pod_memory_working_set_bytes", ...memory("pod"), samples: byPod(memoryBytes) },
    {
      ...{ name: "resource_scrape_error", type: "gauge", ...stable },
      help: "1 if there was an error while getting container metrics, 0 otherwise",
      samples: [{ value: 0 }],
    },
  ]);
}

/** What a kubelet's cAdvisor tells, as far as it is measured: `/metrics/cadvisor`. */
export function cadvisorMetrics({ node, usage, nowMs: atMs }: MetricsOf): string {
  const { capacity = {}, nodeInfo } = node.status;
  const whose: OfContainer<Labels> = ({ name, id, image }, { namespace, name: pod, uid }) => ({
    container: name,
    id: `/kubepods/pod${uid}/${id}`,
    ...{ image, name: id, namespace, pod },
  });
  const of = (value: (container: ContainerUsage) => number, more: Labels = {}) =>
    eachContainer(usage, (each, pod) => {
      const { container = "", ...others } = whose(each, pod);
      return { labels: { container, ...more, ...others }, value: value(each), atMs };
    });
  const machine = {
    boot_id: nodeInfo?.bootID ?? "",
    machine_id: nodeInfo?.machineID ?? "",
    system_uuid: nodeInfo?.systemUUID ?? "",
  };
  return textOf([
    {
      ...{ name: "cadvisor_version_info", type: "gauge" },
      help: "A metric with a constant '1' value labeled by kernel version, OS version, docker version, cadvisor version & cadvisor revision.",
      samples: [
        {
          labels: {
            ...{ cadvisorRevision: "", cadvisorVersion: "", dockerVersion: "" },
            ...{ kernelVersion: nodeInfo?.kernelVersion ?? "", osVersion: nodeInfo?.osImage ?? "" },
          },
          value: 1,
        },
      ],
    },
    {
      ...{ name: "container_cpu_usage_seconds_total", type: "counter" },
      help: "Cumulative cpu time consumed in seconds.",
      samples: of(cpuSeconds, { cpu: "total" }),
    },
    {
      ...{ name: "container_memory_usage_bytes", type: "gauge" },
      help: "Current memory usage in bytes, including all memory regardless of when it was accessed",
      samples: of(memoryBytes),
    },
    {
      ...{ name: "container_memory_working_set_bytes", type: "gauge" },
      help: "Current working set in bytes.",
      samples: of(memoryBytes),
    },
    {
      ...{ name: "container_start_time_seconds", type: "gauge" },
      help: "Start time of the container since unix epoch in seconds.",
      samples: of(({ startedAtMs }) => startedAtMs / 1_000),
    },
    {
      ...{ name: "machine_cpu_cores", type: "gauge", help: "Number of logical CPU cores." },
      samples: [{ labels: machine, value: unitsOf(capacity.cpu) }],
    },
    {
      ...{ name: "machine_memory_bytes", type: "gauge", help: "Amount of memory installed on the machine." },
      samples: [{ labels: machine, value: unitsOf(capacity.memory) }],
    },
  ]);
}

/** What the probes of a node's containers came to: `/metrics/probes`. */
export function probeMetrics({ usage }: Pick<MetricsOf, "usage">): string {
  const samples = eachContainer(usage, ({ name, probed }, { namespace, name: pod, uid }) =>
    Object.entries(probed).map(([what, value]) => {
      const [type = "", result = ""] = what.split(" ");
      const labels = { container: name, namespace, pod, pod_uid: uid, probe_type: type, result };
      return { labels, value };
    }),
  ).flat();
  return textOf([
    {
      ...{ name: "prober_probe_total", type: "counter", stability: "BETA" },
      help: "Cumulative number of a liveness, readiness or startup probe for a container by result.",
      samples,
    },
  ]);
}

/** What a kubelet counts of its own work, as far as is known here: `/metrics`. */
export function ownMetrics({ node, usage }: Omit<MetricsOf, "nowMs">): string {
  const alpha = { type: "gauge", stability: "ALPHA" } as const;
  return textOf([
    {
      ...{ name: "kubelet_node_name", ...alpha, help: "The node's name. The count is always 1." },
      samples: [{ labels: { node: node.metadata.name }, value: 1 }],
    },
    {
      ...{ name: "kubelet_running_containers", ...alpha, help: "Number of containers currently running" },
      samples: [{ labels: { container_state: "running" }, value: eachContainer(usage, () => 1).length }],
    },
    {
      ...{ name: "kubelet_running_pods", ...alpha, help: "Number of pods that have a running pod sandbox" },
      samples: [{ value: usage.pods.length }],
    },
    ...volumeFamilies(usage),
  ]);
}

const ofVolume: readonly (readonly [string, string, (volume: VolumeUsage) => number])[] = [
  ["available_bytes", "Number of available bytes in the volume", ({ availableBytes }) => availableBytes],
  ["capacity_bytes", "Capacity in bytes of the volume", ({ capacityBytes }) => capacityBytes],
  ["inodes", "Maximum number of inodes in the volume", ({ capacityNodes }) => capacityNodes],
  ["inodes_free", "Number of free inodes in the volume", ({ availableNodes }) => availableNodes],
  ["inodes_used", "Number of used inodes in the volume", ({ usedNodes }) => usedNodes],
  ["used_bytes", "Number of used bytes in the volume", ({ usedBytes }) => usedBytes],
];

/** What is in the volumes of claims; one that several pods use is told of once. */
function volumeFamilies({ pods }: NodeUsage): readonly Family[] {
  const claims = new Map<string, { readonly labels: Labels; readonly volume: VolumeUsage }>();
  for (const { namespace, volumes = [] } of pods)
    for (const volume of volumes) {
      const key = `${namespace}/${volume.claim}`;
      if (volume.claim === undefined || claims.has(key)) continue;
      claims.set(key, { labels: { namespace, persistentvolumeclaim: volume.claim }, volume });
    }
  if (claims.size === 0) return [];
  return ofVolume.map(([name, help, of]) => ({
    ...{ name: `kubelet_volume_stats_${name}`, help, type: "gauge", stability: "ALPHA" },
    samples: [...claims.values()].map(({ labels, volume }) => ({ labels, value: of(volume) })),
  }));
}
