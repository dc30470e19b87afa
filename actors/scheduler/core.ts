import type { CSINode } from "../api/kinds/csi_node.ts";
import type { PersistentVolumeClaim } from "../api/kinds/persistent_volume_claim.ts";
import type { Frozen, Node, Pod } from "../api/types.ts";
import { type Cache, createCache, type PlacedPod } from "./cache.ts";
import { assignedPodEvents, nodeEvents } from "./changes.ts";
import type { ClusterEvent, DeviceClaimChange } from "./cluster_event.ts";
import { type SchedulerConfiguration, schedulerNameDefault } from "./configuration/configuration.ts";
import { type Attempt, type Chance, createCycle } from "./cycle/cycle.ts";
import type { PluginRejection } from "./cycle/filtering.ts";
import { createNominator, type Nominator } from "./cycle/nominator.ts";
import { createProfile, createProfiles, type Profile } from "./cycle/profile.ts";
import type { CycleContext, Plugin, PluginWrite, Readiness } from "./framework.ts";
import { isTerminal, type PodInfo, podInfo } from "./pod_info.ts";
import { createQueue, type Queue, type QueueOptions } from "./queue/queue.ts";
import { createRelated, type RelatedStore } from "./related.ts";

/** What is to be done about a pod. */
export type Decision =
  | {
      readonly kind: "bind";
      readonly pod: PodInfo;
      readonly node: string;
      /** One after the other; the last one binds. */
      readonly writes: readonly PluginWrite[];
    }
  | {
      readonly kind: "fail";
      readonly pod: PodInfo;
      readonly message: string;
      readonly preemption?: Preemption;
      /** Where room is kept for it, made now or before. */
      readonly nominatedNode?: string | undefined;
    };

/** Room that is made for a pod. */
export interface Preemption {
  readonly node: string;
  readonly victims: readonly PodInfo[];
  /** Pods of lower priority that must look for another node: room was being made for them on this one. */
  readonly displaced: readonly PodInfo[];
}

/** How a core is made. */
export interface CoreOptions {
  /** Default: one scheduler with all plugins. */
  readonly configuration?: SchedulerConfiguration;
  /** Of the default scheduler. Default: those of the configuration. */
  readonly plugins?: readonly Plugin[];
  readonly queue?: Omit<QueueOptions, "profile" | "profileOf">;
}

/** What may happen to devices. */
export type DeviceEvent = "resource-slice.change" | "device-class.change";

/** The scheduler without its dealings with the API: what is seen goes in, decisions come out. */
export interface Core {
  nodeSeen(node: Frozen<Node>, nowMs: number): void;
  nodeGone(name: string, nowMs: number): void;
  podSeen(pod: Frozen<Pod>, nowMs: number): void;
  podGone(pod: Frozen<Pod>, nowMs: number): void;
  namespaceChanged(nowMs: number): void;
  /** A claim came, changed or went. */
  claimChanged(claim: Frozen<PersistentVolumeClaim>, nowMs: number): void;
  /** A volume, or a class of volumes, came, changed or went. */
  volumesChanged(kind: "volume.change" | "storage-class.change", nowMs: number): void;
  /** Devices, or a class of them, came, changed or went. */
  devicesChanged(kind: DeviceEvent, nowMs: number): void;
  deviceClaimChanged(change: DeviceClaimChange, nowMs: number): void;
  /** The drivers of volumes on a node came or changed. */
  csiNodeSeen(node: Frozen<CSINode>, nowMs: number): void;
  csiNodeGone(node: Frozen<CSINode>): void;
  /** Decides about the next pod, if one waits. A pod to bind counts on its node from now on. */
  next(chance: Chance): Decision | undefined;
  /** Whether all is done that the binding of a pod waits for. */
  readiness(pod: PodInfo, node: string, nowMs: number): Readiness;
  /** The binding was made. */
  bound(pod: PodInfo, node: string): void;
  /** The binding failed: the pod no longer counts and is tried again later. */
  bindFailed(pod: PodInfo, failure: { readonly node: string; readonly nowMs: number }): void;
  readonly cache: Cache;
  readonly queue: Queue;
  readonly related: RelatedStore;
  readonly nominator: Nominator;
  /** The profile of a pod that it may place. */
  profileOf(pod: PodInfo): Profile;
}

/** Makes a core that has seen nothing. */
export function createCore(options: CoreOptions = {}): Core {
  const { configuration = {}, plugins } = options;
  const profiles = plugins ? new Map([[schedulerNameDefault, createProfile(plugins)]]) : createProfiles(configuration);
  const [profile = createProfile([])] = profiles.values();
  const profileOf = ({ pod }: PodInfo) => profiles.get(pod.spec.schedulerName || schedulerNameDefault) ?? profile;
  const cache = createCache();
  const related = createRelated();
  const nominator = createNominator();
  const queue = createQueue({ ...backoffOf(configuration), ...options.queue, profile: joined(profiles), profileOf });
  const cycle = createCycle({ profileOf, cache, related, nominator });

  const contextAt = (nowMs: number): CycleContext => ({ view: cache, related, nowMs });

  function tell(events: readonly ClusterEvent[], nowMs: number) {
    for (const event of events) queue.happened(event, nowMs);
  }

  function assigned(info: PodInfo, node: string, nowMs: number) {
    queue.remove(info.uid);
    nominator.clear(info.uid);
    tell(assignedPodEvents(info, cache.setPod(info, node)), nowMs);
  }

  function unassigned(info: PodInfo, nowMs: number) {
    if (info.terminating) return dropWaiting(info.uid);
    const { nominatedNodeName } = info.pod.status;
    if (nominatedNodeName && nominator.nodeOf(info.uid) === undefined) nominator.nominate(info, nominatedNodeName);
    // Bound, as far as this scheduler knows, and only not yet seen to be.
    if (cache.pod(info.uid) && !queue.get(info.uid)) return;
    queue.set(info, nowMs);
  }

  function dropWaiting(uid: string) {
    queue.remove(uid);
    nominator.clear(uid);
  }

  function gone(uid: string, nowMs: number) {
    dropWaiting(uid);
    related.volumes.forget(uid);
    related.devices.forget(uid);
    left(cache.removePod(uid), nowMs);
  }

  function left(placed: PlacedPod | undefined, nowMs: number) {
    const node = placed && cache.node(placed.node);
    if (placed) tell([{ kind: "assigned-pod.delete", pod: placed.info, ...(node ? { node } : {}) }], nowMs);
  }

  function bind(pod: PodInfo, node: string, nowMs: number): Decision {
    cache.assume(pod, node);
    nominator.clear(pod.uid);
    const context = contextAt(nowMs);
    const rejected = reserveAndPermit(pod, node, context);
    if (rejected) {
      release(pod, node, context);
      queue.putBack(pod.uid, { plugins: [rejected.plugin], nowMs });
      return { kind: "fail", pod, message: rejected.rejection.reasons.join(", ") };
    }
    const profile = profileOf(pod);
    const writes = profile.plugins.flatMap(({ preBind }) => preBind?.(pod, node, context) ?? []);
    for (const { bind: binding } of profile.plugins) {
      const write = binding?.(pod, node);
      if (write) return { kind: "bind", pod, node, writes: [...writes, write] };
    }
    throw new Error(`Binding pod "${pod.key}" to node "${node}": no plugin of the profile binds, add DefaultBinder`);
  }

  function reserveAndPermit(pod: PodInfo, node: string, context: CycleContext): PluginRejection | undefined {
    for (const point of ["reserve", "permit"] as const) {
      for (const plugin of profileOf(pod).plugins) {
        const rejection = plugin[point]?.(pod, node, context);
        if (rejection) return { plugin: plugin.name, rejection };
      }
    }
    return undefined;
  }

  /** Undoes what was reserved, in reverse order. */
  function release(pod: PodInfo, node: string, context: CycleContext): PlacedPod | undefined {
    for (const plugin of profileOf(pod).plugins.toReversed()) plugin.unreserve?.(pod, node, context);
    return cache.forget(pod.uid);
  }

  function fail(pod: PodInfo, attempt: Attempt & { placed: false }, nowMs: number): Decision {
    const { message, plugins: names, preemption, isHopeless } = attempt;
    queue.putBack(pod.uid, { plugins: names, nowMs });
    if (!preemption) {
      if (isHopeless) nominator.clear(pod.uid);
      return { kind: "fail", pod, message, nominatedNode: nominator.nodeOf(pod.uid) };
    }
    const displaced = [...nominator.on(preemption.node)].filter(({ priority }) => priority < pod.priority);
    for (const { uid } of displaced) nominator.clear(uid);
    nominator.nominate(pod, preemption.node);
    return { kind: "fail", pod, message, preemption: { ...preemption, displaced }, nominatedNode: preemption.node };
  }

  return {
    cache,
    queue,
    related,
    nominator,
    profileOf,
    nodeSeen(node, nowMs) {
      const before = cache.node(node.metadata.name)?.node;
      const info = cache.setNode(node);
      tell(nodeEvents(info, before), nowMs);
    },
    nodeGone(name, nowMs) {
      const info = cache.removeNode(name);
      if (info) tell([{ kind: "node.delete", node: info }], nowMs);
    },
    podSeen(pod, nowMs) {
      if (isTerminal(pod)) return gone(pod.metadata.uid ?? "", nowMs);
      const { nodeName } = pod.spec;
      if (nodeName) assigned(podInfo(pod), nodeName, nowMs);
      else if (profiles.has(pod.spec.schedulerName || schedulerNameDefault)) unassigned(podInfo(pod), nowMs);
    },
    podGone: (pod, nowMs) => gone(podInfo(pod).uid, nowMs),
    claimChanged: (claim, nowMs) => tell([{ kind: "claim.change", claim }], nowMs),
    volumesChanged: (kind, nowMs) => tell([{ kind }], nowMs),
    devicesChanged: (kind, nowMs) => tell([{ kind }], nowMs),
    deviceClaimChanged: (deviceClaim, nowMs) => tell([{ kind: "resource-claim.change", deviceClaim }], nowMs),
    csiNodeSeen(node, nowMs) {
      related.volumes.setNode(node);
      tell([{ kind: "csi-node.change" }], nowMs);
    },
    csiNodeGone: (node) => related.volumes.removeNode(node),
    namespaceChanged: (nowMs) => tell([{ kind: "namespace.labels" }], nowMs),
    next(chance) {
      queue.flush(chance.nowMs);
      const waiting = queue.pop();
      if (!waiting) return undefined;
      const pod = waiting.info;
      const attempt = cycle.attempt(pod, chance);
      if (attempt.placed) return bind(pod, attempt.node, chance.nowMs);
      return fail(pod, attempt, chance.nowMs);
    },
    readiness(pod, node, nowMs) {
      for (const { readiness } of profileOf(pod).waiters) {
        const found = readiness?.(pod, node, contextAt(nowMs)) ?? "ready";
        if (found !== "ready") return found;
      }
      return "ready";
    },
    bound(pod, node) {
      queue.done(pod.uid);
      for (const { postBind } of profileOf(pod).plugins) postBind?.(pod, node, contextAt(0));
    },
    bindFailed(pod, { node, nowMs }) {
      const forgotten = release(pod, node, contextAt(nowMs));
      queue.putBack(pod.uid, { plugins: [], nowMs });
      left(forgotten, nowMs);
    },
  };
}

function backoffOf({ podInitialBackoffSeconds: first, podMaxBackoffSeconds: most }: SchedulerConfiguration) {
  return {
    ...(first === undefined ? {} : { backoffFirstMs: first * 1000 }),
    ...(most === undefined ? {} : { backoffMaxMs: most * 1000 }),
  };
}

/** What the queue asks of all profiles together: they sort alike, and an event may concern the pods of any. */
function joined(profiles: ReadonlyMap<string, Profile>): Profile {
  const all = [...profiles.values()];
  const [first = createProfile([])] = all;
  if (all.length === 1) return first;
  const seen = new Set<string>();
  const plugins = all.flatMap((each) => each.plugins).filter(({ name }) => !seen.has(name) && seen.add(name));
  return { ...createProfile(plugins), compare: first.compare };
}
