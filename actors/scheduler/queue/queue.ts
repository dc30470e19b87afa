import { createHeap } from "../../kit/heap.ts";
import type { ClusterEvent } from "../cluster_event.ts";
import type { Profile } from "../cycle/profile.ts";
import { getOrMake } from "../get_or_make.ts";
import type { PodInfo } from "../pod_info.ts";
import { createEventLog } from "./event_log.ts";
import { newQueuedPod, type QueuedPod, type QueuePlace } from "./queued_pod.ts";

/** How long pods wait. */
export interface QueueOptions {
  /** Orders the pods of all profiles. */
  readonly profile: Profile;
  /** Whose plugins a pod is under. Default: those of `profile`. */
  readonly profileOf?: (pod: PodInfo) => Profile;
  /** Default 1,000. */
  readonly backoffFirstMs?: number;
  /** Default 10,000. */
  readonly backoffMaxMs?: number;
  /** A rejected pod is tried again after so long, whatever happened. Default 300,000. */
  readonly unschedulableMaxMs?: number;
}

/** The pods that have no node yet: each is in exactly one place. */
export interface Queue {
  /** A new pod, or a new version of a known one. */
  set(info: PodInfo, nowMs: number): void;
  remove(uid: string): void;
  get(uid: string): Readonly<QueuedPod> | undefined;
  /** Takes the next pod to try; it is in flight until `done` or `putBack`. */
  pop(): Readonly<QueuedPod> | undefined;
  /** The attempt is over and the pod has its node. */
  done(uid: string): void;
  /** The attempt failed: plugins rejected the pod, or (with none named) an error befell it. */
  putBack(uid: string, failure: { readonly plugins: readonly string[]; readonly nowMs: number }): void;
  /** Something happened to others: wakes the pods that it may help. Returns how many. */
  happened(event: ClusterEvent, nowMs: number): number;
  /** Moves pods whose waiting time is over; returns how long until the next, if any waits. */
  flush(nowMs: number): number | undefined;
  /** Whether `pop` would find a pod. */
  ready(): boolean;
  sizes(): Readonly<Record<QueuePlace, number>>;
}

/** Makes an empty queue. */
export function createQueue(options: QueueOptions): Queue {
  const { profile, backoffFirstMs = 1_000, backoffMaxMs = 10_000, unschedulableMaxMs = 300_000 } = options;
  const { profileOf = () => profile } = options;
  const pods = new Map<string, QueuedPod>();
  const active = createHeap<QueuedPod>((a, b) => profile.compare(a, b) || a.sequence - b.sequence);
  const byReady = (a: QueuedPod, b: QueuedPod) =>
    a.readyAtMs - b.readyAtMs || profile.compare(a, b) || a.sequence - b.sequence;
  const backoff = createHeap<QueuedPod>(byReady);
  const errorBackoff = createHeap<QueuedPod>(byReady);
  /** In the order in which they came. */
  const unschedulable = new Map<string, QueuedPod>();
  /** The same by who rejected them, so that an event only meets pods it may help. */
  const rejectedBy = new Map<string, Set<QueuedPod>>();
  const gated = new Map<string, QueuedPod>();
  const log = createEventLog();
  let sequence = 0;
  let inFlight = 0;

  function leave(pod: QueuedPod) {
    if (pod.place === "active") active.remove(pod);
    else if (pod.place === "backoff") backoff.remove(pod);
    else if (pod.place === "errorBackoff") errorBackoff.remove(pod);
    else if (pod.place === "unschedulable") {
      unschedulable.delete(pod.info.uid);
      for (const plugin of pod.plugins) rejectedBy.get(plugin)?.delete(pod);
    } else if (pod.place === "gated") gated.delete(pod.info.uid);
    else {
      inFlight--;
      log.end(pod.eventsFrom);
    }
  }

  function enter(pod: QueuedPod, place: QueuePlace) {
    pod.place = place;
    if (place === "active") active.push(pod);
    else if (place === "backoff") backoff.push(pod);
    else if (place === "errorBackoff") errorBackoff.push(pod);
    else if (place === "unschedulable") {
      unschedulable.set(pod.info.uid, pod);
      for (const plugin of pod.plugins) getOrMake(rejectedBy, plugin, () => new Set()).add(pod);
    } else if (place === "gated") gated.set(pod.info.uid, pod);
    else inFlight++;
  }

  function move(pod: QueuedPod, place: QueuePlace) {
    leave(pod);
    enter(pod, place);
  }

  /** To the active queue, unless a gate is shut. */
  function activate(pod: QueuedPod, nowMs: number) {
    pod.queuedAtMs = nowMs;
    move(pod, profileOf(pod.info).gates.some(({ preEnqueue }) => preEnqueue?.(pod.info)) ? "gated" : "active");
  }

  /** Out of the unschedulable: at once when the backoff is over. */
  function wake(pod: QueuedPod, nowMs: number) {
    if (pod.readyAtMs <= nowMs) activate(pod, nowMs);
    else move(pod, "backoff");
  }

  function helps(pod: QueuedPod, event: ClusterEvent): boolean {
    const interests = profileOf(pod.info).interests(event.kind);
    return pod.plugins.some((plugin) =>
      interests.get(plugin)?.some((interest) => !interest.helps || interest.helps(pod.info, event)),
    );
  }

  function backoffMs(failures: number): number {
    return failures === 0 ? 0 : Math.min(backoffFirstMs * 2 ** (failures - 1), backoffMaxMs);
  }

  function update(pod: QueuedPod, info: PodInfo, nowMs: number) {
    const before = pod.info;
    // The heaps find a pod by its order, which its priority decides: out with the old, in with the new.
    if (pod.place === "active" || pod.place === "backoff" || pod.place === "errorBackoff") {
      leave(pod);
      pod.info = info;
      enter(pod, pod.place);
      return;
    }
    pod.info = info;
    const events = ownEvents(before, info);
    if (pod.place === "inFlight") {
      for (const event of events) log.add(event);
    } else if (pod.place === "gated") activate(pod, nowMs);
    else if (events.some((event) => helps(pod, event))) wake(pod, nowMs);
  }

  return {
    set(info, nowMs) {
      const known = pods.get(info.uid);
      if (known) return update(known, info, nowMs);
      const pod = newQueuedPod(info, nowMs);
      pod.sequence = ++sequence;
      pods.set(info.uid, pod);
      gated.set(info.uid, pod);
      activate(pod, nowMs);
    },
    remove(uid) {
      const pod = pods.get(uid);
      if (!pod) return;
      pods.delete(uid);
      leave(pod);
    },
    get: (uid) => pods.get(uid),
    pop() {
      const pod = active.peek() ?? backoff.peek();
      if (!pod) return undefined;
      move(pod, "inFlight");
      pod.attempts++;
      pod.eventsFrom = log.begin();
      return pod;
    },
    done(uid) {
      const pod = pods.get(uid);
      if (pod?.place !== "inFlight") return;
      pods.delete(uid);
      leave(pod);
    },
    putBack(uid, { plugins, nowMs }) {
      const pod = pods.get(uid);
      if (pod?.place !== "inFlight") return;
      const missed = log.since(pod.eventsFrom);
      pod.plugins = plugins;
      pod.queuedAtMs = nowMs;
      if (plugins.length === 0) {
        pod.errors++;
        pod.readyAtMs = nowMs + backoffMs(pod.errors);
        return move(pod, "errorBackoff");
      }
      pod.errors = 0;
      pod.rejections++;
      pod.readyAtMs = nowMs + backoffMs(pod.rejections);
      if (missed.some((event) => concerns(event, pod) && helps(pod, event))) return wake(pod, nowMs);
      move(pod, "unschedulable");
    },
    happened(event, nowMs) {
      const interests = profile.interests(event.kind);
      if (interests.size === 0) return 0;
      log.add(event);
      let woken = 0;
      for (const [plugin, known] of interests) {
        for (const pod of [...(rejectedBy.get(plugin) ?? [])]) {
          const wishes = profileOf(pod.info).interests(event.kind).get(plugin) ?? known;
          if (!wishes.some(({ helps }) => !helps || helps(pod.info, event))) continue;
          wake(pod, nowMs);
          woken++;
        }
      }
      return woken;
    },
    flush(nowMs) {
      for (const heap of [backoff, errorBackoff]) {
        for (let pod = heap.peek(); pod && pod.readyAtMs <= nowMs; pod = heap.peek()) activate(pod, nowMs);
      }
      for (const pod of [...unschedulable.values()]) {
        // Who came first is over first.
        if (pod.queuedAtMs + unschedulableMaxMs > nowMs) break;
        wake(pod, nowMs);
      }
      return untilNext(nowMs);
    },
    ready: () => active.size > 0 || backoff.size > 0,
    sizes: () => ({
      active: active.size,
      backoff: backoff.size,
      errorBackoff: errorBackoff.size,
      unschedulable: unschedulable.size,
      gated: gated.size,
      inFlight,
    }),
  };

  function untilNext(nowMs: number): number | undefined {
    const [oldest] = unschedulable.values();
    const times = [
      backoff.peek()?.readyAtMs,
      errorBackoff.peek()?.readyAtMs,
      oldest && oldest.queuedAtMs + unschedulableMaxMs,
    ];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.max(0, Math.min(...known) - nowMs);
  }
}

/** An event about a waiting pod itself helps that pod only. */
function concerns({ kind, pod }: ClusterEvent, { info }: QueuedPod): boolean {
  return !kind.startsWith("pod.") || pod?.uid === info.uid;
}

/** What changed about a waiting pod. */
function ownEvents(before: PodInfo, pod: PodInfo): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const add = (kind: ClusterEvent["kind"]) => events.push({ kind, pod, podBefore: before });
  if (!equal(before.labels, pod.labels)) add("pod.labels");
  if (!equal(before.tolerations, pod.tolerations)) add("pod.tolerations");
  if (!equal(before.pod.spec.schedulingGates, pod.pod.spec.schedulingGates)) add("pod.scheduling-gates");
  if (isLess(pod, before)) add("pod.scale-down");
  return events;
}

function isLess({ requests: now }: PodInfo, { requests: before }: PodInfo): boolean {
  return now.milliCpu < before.milliCpu || now.memory < before.memory;
}

function equal(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
