import type { Step } from "../../../runtime/mod.ts";
import { unitsOf } from "../../api/quantity.ts";
import { callCri } from "../calls.ts";
import { after, type KubeletData } from "../data.ts";
import type { NodeUsage } from "../messages.ts";
import { evictPod, isEvictable } from "../pod/pod_lifecycle.ts";
import type { PodRecord } from "../pod/pod_record.ts";
import { measureUsage } from "../usage.ts";
import { removeUnusedImages } from "./image_gc.ts";
import { tellOfNode } from "./node_events.ts";
import { takesRoom } from "./node_view.ts";
import { evictionMessage, inEvictionOrder, type PassedThreshold, thresholdsPassed } from "./pressure.ts";

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

/**
 * Looks whether the node's disk is too full. If so, the node says so; images that nobody has are removed, and where that
 * does not do, one pod is evicted, and looked again. It is only measured where images and pods could fill the disk.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
export function watchPressure(data: KubeletData, step: Step): void {
  const { pressure } = data.node;
  if (pressure.diskUptimeMs !== undefined && step.uptimeMs - pressure.diskUptimeMs >= pressedMs) {
    pressure.diskUptimeMs = undefined;
    sayPressure(data, step);
  }
  if (pressure.isUnderWay || !data.managing || !canBeFull(data)) return;
  pressure.isUnderWay = true;
  look(data, step);
}

function canBeFull({ capacity, input, node, pods }: KubeletData): boolean {
  // A real runtime's containers write what they want.
  if (input.runtimeCheckMs !== undefined) return pods.size > 0;
  let bytes = node.images.bytes ?? 0;
  for (const { containers, pod } of pods.values())
    bytes += containers.length * containerBytesMax + (pod.spec.volumes?.length ?? 0) * volumeBytesMax;
  return bytes * 100 > unitsOf(capacity["ephemeral-storage"]) * calmPercent;
}

function look(data: KubeletData, step: Step): void {
  measure(data, step, ([passed], later) => {
    if (!passed) return rest(data);
    const isNew = data.node.pressure.diskUptimeMs === undefined;
    data.node.pressure.diskUptimeMs = later.uptimeMs;
    if (isNew) sayPressure(data, later);
    const { known } = data.node;
    if (known) {
      const tell = tellOfNode(data, known, later);
      tell("EvictionThresholdMet", `Attempting to reclaim ${passed.resource}`, "Warning");
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
  measureUsage(data, { step, isWithVolumes: true }, (usage, later) => {
    if (usage) then(usage.disk ? thresholdsPassed(usage.disk) : [], later, usage);
    else rest(data);
  });
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

/** The condition is written with the next heartbeat. */
function sayPressure(data: KubeletData, step: Step): void {
  const { known, pressure } = data.node;
  data.node.judged = undefined;
  const reason = pressure.diskUptimeMs === undefined ? "NodeHasNoDiskPressure" : "NodeHasDiskPressure";
  if (known) tellOfNode(data, known, step)(reason, `Node ${data.input.node} status is now: ${reason}`);
}
