import type { Frozen, Node, Pod } from "../../../actors/api/types.ts";
import { type Core, createCore } from "../../../actors/scheduler/core.ts";
import { largePod, type PodTemplate, type SchedulingCase } from "./cases.ts";

/** What a run of a case came to. */
export interface CoreRun {
  readonly podsPerSecond: number;
  /** The same for the last tenth of the pods beside the first tenth: 1 where a cycle's cost does not grow. */
  readonly lastBesideFirst: number;
}

/** A node as the templates of scheduler_perf have it. */
export function benchNode(index: number, zones: readonly string[] = []): Frozen<Node> {
  const name = `scheduler-perf-${index}`;
  const zone = zones[index % Math.max(1, zones.length)];
  const capacity = { cpu: "4", memory: "32Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": zone }),
      },
    },
    spec: {},
    status: { capacity, allocatable: capacity, conditions: [{ type: "Ready", status: "True" }] },
  } as unknown as Frozen<Node>;
}

/** A pod as the templates have it. */
export function benchPod(
  name: string,
  namespace: string,
  { labels, priority, requests, spec }: PodTemplate,
): Frozen<Pod> {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, uid: `${namespace}-${name}`, ...(labels ? { labels } : {}) },
    spec: {
      schedulerName: "default-scheduler",
      ...(priority === undefined ? {} : { priority }),
      containers: [{ name: "pause", image: "registry.k8s.io/pause:3.10.1", resources: { limits: requests, requests } }],
      ...spec,
    },
    status: { phase: "Pending" },
  } as unknown as Frozen<Pod>;
}

/** Has a scheduler decide about all pods of a case, without an API: each binding and each eviction is seen at once. */
export function runCore(given: SchedulingCase): CoreRun {
  const core = createCore();
  for (let index = 0; index < given.nodes; index++) core.nodeSeen(benchNode(index, given.zones), 0);
  const { initial, measured } = given;
  const clock = { nowMs: 0 };
  for (let index = 0; index < initial.count; index++) {
    core.podSeen(benchPod(`initial-${index}`, initial.namespace, initial.template), 0);
  }
  place(core, clock, initial.count);
  const pods = Array.from({ length: measured.count }, (_each, index) =>
    benchPod(`measured-${index}`, measured.namespace, measured.template),
  );
  const startedMs = cpuMs();
  for (const pod of pods) core.podSeen(pod, clock.nowMs);
  const tenths: number[] = [];
  const tenth = Math.ceil(pods.length / 10);
  for (let placed = 0; placed < pods.length; placed += tenth) {
    const tenthStartedMs = cpuMs();
    if (given.churns) churn(core, clock.nowMs, placed);
    place(core, clock, Math.min(tenth, pods.length - placed));
    tenths.push(cpuMs() - tenthStartedMs);
  }
  const seconds = (cpuMs() - startedMs) / 1000;
  return { podsPerSecond: pods.length / seconds, lastBesideFirst: (tenths.at(-1) ?? 0) / (tenths[0] ?? 1) };
}

/** The processor's time that this process has taken: what else a machine does moves it little. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Lets so many pods be bound. */
function place(core: Core, clock: { nowMs: number }, count: number): void {
  let random = 1;
  const int = (below: number) => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
    return random % below;
  };
  for (let bound = 0; bound < count; ) {
    const decision = core.next({ nowMs: clock.nowMs, int });
    if (!decision) {
      const delayMs = core.queue.flush(clock.nowMs);
      if (delayMs === undefined) throw new Error(`Placing pods: ${count - bound} of them fit nowhere`);
      clock.nowMs += Math.max(1, delayMs);
      continue;
    }
    if (decision.kind === "bind") {
      bound++;
      core.bound(decision.pod, decision.node);
      const { pod } = decision.pod;
      core.podSeen({ ...pod, spec: { ...pod.spec, nodeName: decision.node } }, clock.nowMs);
    } else for (const victim of decision.preemption?.victims ?? []) core.podGone(victim.pod, clock.nowMs);
  }
}

function churn(core: Core, nowMs: number, round: number): void {
  core.podSeen(benchPod(`large-${round}`, "churn", largePod), nowMs);
  const node = benchNode(1_000_000 + round);
  core.nodeSeen(node, nowMs);
  core.nodeGone(node.metadata.name, nowMs);
}
