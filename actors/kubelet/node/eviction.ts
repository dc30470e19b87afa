import type { Step } from "../../../runtime/mod.ts";
import { unitsOf } from "../../api/quantity.ts";
import { memorySmallBytes } from "../../cri/messages.ts";
import { callCri } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import type { NodeUsage } from "../messages.ts";
import { evictPod, isEvictable } from "../pod/pod_lifecycle.ts";
import type { PodRecord } from "../pod/pod_record.ts";
import { measureUsage } from "../usage.ts";
import { removeUnusedImages } from "./image_gc.ts";
import { tellOfNode } from "./node_events.ts";
import { takesRoom } from "./node_view.ts";
import { evictionMessage, inEvictionOrder, type PassedThreshold, pressureOf, thresholdsPassed } from "./pressure.ts";
import { type Pressure, pressures } from "./pressure_kinds.ts";

/** Kubernetes calls it evictionPressureTransitionPeriod: so long a node says that it is pressed after it was. */
const pressedMs = 300_000;
/** Who is evicted is waited for, so that nobody else is for the room that it leaves. */
const patienceMs = 30_000;
const lookMs = 1_000;

/** What no container that is played can write more of: its own files, and its log. */
const containerBytesMax = (16 + 10) * 1024 * 1024;
/** What no volume can hold more of. */
const volumeBytesMax = 64 * 1024 * 1024;
/** A disk of which less can be in use has enough of everything. */
const calmPercent = 80;

/** A node of which less memory is left may have too little of it. */
const calmBytes = 128 * 1024 * 1024;

/**
 * Looks whether the node has too little memory, too full a disk, or too many processes. If so, the node says so; of its
 * disk images that nobody has are removed; where that does not do, one pod is evicted, and looked again. It is only
 * measured where there could be too little.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
export function watchPressure(data: KubeletData, step: Step): void {
  const { pressure } = data.node;
  for (const [type, lastUptimeMs] of [...pressure.lastUptimeMs]) {
    if (step.uptimeMs - lastUptimeMs < pressedMs) continue;
    pressure.lastUptimeMs.delete(type);
    sayPressure(data, type, step);
  }
  if (pressure.isUnderWay || !data.managing || !(canLackMemory(data) || canLackProcesses(data) || canBeFull(data)))
    return;
  pressure.isUnderWay = true;
  look(data, step);
}

function canLackMemory({ capacity, input, node, pods }: KubeletData): boolean {
  const { evictionHard = {} } = input;
  const isUnknown = input.runtimeCheckMs !== undefined || "memory.available" in evictionHard;
  if (isUnknown || node.pressure.memory !== "small") return pods.size > 0;
  let count = 0;
  for (const { containers } of pods.values()) count += containers.length;
  return count > 0 && count * memorySmallBytes + calmBytes > unitsOf(capacity.memory);
}

function canLackProcesses({ input, pods }: KubeletData): boolean {
  return pods.size > 0 && "pid.available" in (input.evictionHard ?? {});
}

function canBeFull({ capacity, input, node, pods }: KubeletData): boolean {
  const isUnusual = Object.keys(input.evictionHard ?? {}).some((signal) => /^(nodefs|imagefs)\./.test(signal));
  // A real runtime's containers write what they want.
  if (input.runtimeCheckMs !== undefined || isUnusual) return pods.size > 0;
  let bytes = node.images.bytes ?? 0;
  for (const { containers, pod } of pods.values())
    bytes += containers.length * containerBytesMax + (pod.spec.volumes?.length ?? 0) * volumeBytesMax;
  return bytes * 100 > unitsOf(capacity["ephemeral-storage"]) * calmPercent;
}

function look(data: KubeletData, step: Step): void {
  measure(data, step, (all, later, usage) => {
    for (const { resource } of all) notePressure(data, pressureOf[resource], later);
    const [passed] = all;
    if (!passed) return rest(data);
    const { known } = data.node;
    if (known) {
      const tell = tellOfNode(data, known, later);
      tell("EvictionThresholdMet", `Attempting to reclaim ${passed.resource}`, "Warning");
    }
    // Nothing but pods can give these back.
    if (pressureOf[passed.resource] !== "DiskPressure") {
      return evictOne(data, { threshold: passed, usage, step: later });
    }
    removeEvicted(data, later);
    removeUnusedImages(data, later, (when) =>
      measure(data, when, ([still], last, usage) => {
        if (still) evictOne(data, { threshold: still, usage, step: last });
        else rest(data);
      }),
    );
  });
}

/** Of who was evicted nothing is kept on the node; its image is nobody's then. */
function removeEvicted(data: KubeletData, step: Step): void {
  for (const { phase, failure, containers } of data.pods.values()) {
    if (phase !== "finished" || failure?.reason !== "Evicted") continue;
    for (const { id } of containers)
      if (id !== undefined) callCri(data, step, { op: "RemoveContainer", container: id }, () => {});
  }
}

function rest({ node }: KubeletData): void {
  node.pressure.isUnderWay = false;
}

type Measured = (passed: readonly PassedThreshold[], step: Step, usage: NodeUsage) => void;

/** A computer that does not answer is asked again with a later heartbeat. */
function measure(data: KubeletData, step: Step, then: Measured): void {
  const { evictionHard } = data.input;
  const memoryBytes = unitsOf(data.capacity.memory);
  measureUsage(data, { step, isWithVolumes: canBeFull(data) }, (usage, later) => {
    if (!usage) return rest(data);
    noteMemory(data, usage);
    then(thresholdsPassed(usage, { memoryBytes, evictionHard }), later, usage);
  });
}

/** What is known now of containers that an earlier life of this kubelet has started. */
function noteMemory({ node: { pressure } }: KubeletData, { pods }: NodeUsage): void {
  if (pressure.memory !== "unknown") return;
  const isSmall = pods.every(({ containers }) => containers.every((each) => each.memoryBytes <= memorySmallBytes));
  pressure.memory = isSmall ? "small" : "taken";
}

interface Lack {
  readonly threshold: PassedThreshold;
  readonly usage: NodeUsage;
  readonly step: Step;
}

/** One at a time: what it leaves may be enough. */
function evictOne(data: KubeletData, { threshold, usage, step }: Lack) {
  const byUid = new Map(usage.pods.map((each) => [each.uid, each]));
  const candidates = [...data.pods.values()].flatMap((record) =>
    takesRoom(record) && isEvictable(record)
      ? [{ record, pod: record.pod, usage: byUid.get(record.pod.metadata.uid ?? "") }]
      : [],
  );
  const [first] = inEvictionOrder(candidates, threshold.resource);
  if (!first) return rest(data);
  const message = evictionMessage(first, threshold);
  evictPod(data, first.record, { message, step, isDisruption: true });
  waitFor(data, { record: first.record, step, untilMs: step.uptimeMs + patienceMs });
}

function waitFor(data: KubeletData, { record, step, untilMs }: Waiting): void {
  after(data, step, lookMs, (later) => {
    const isLeft = data.pods.get(record.identity) === record && record.phase !== "finished" && later.uptimeMs < untilMs;
    if (isLeft) waitFor(data, { record, step: later, untilMs });
    else look(data, later);
  });
}

interface Waiting {
  readonly record: PodRecord;
  readonly step: Step;
  readonly untilMs: number;
}

function notePressure(data: KubeletData, type: Pressure, step: Step): void {
  const { lastUptimeMs } = data.node.pressure;
  const isNew = !lastUptimeMs.has(type);
  lastUptimeMs.set(type, step.uptimeMs);
  if (isNew) sayPressure(data, type, step);
}

/** The condition is written with the next heartbeat. */
function sayPressure(data: KubeletData, type: Pressure, step: Step): void {
  const { known, pressure } = data.node;
  data.node.judged = undefined;
  const words = pressures.find((each) => each.type === type);
  const reason = `Node${pressure.lastUptimeMs.has(type) ? words?.pressed.reason : words?.calm.reason}`;
  if (known) tellOfNode(data, known, step)(reason, `Node ${data.input.node} status is now: ${reason}`);
}
