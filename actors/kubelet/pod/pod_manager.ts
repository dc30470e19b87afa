import type { Step } from "../../../runtime/mod.ts";
import { formatTime } from "../../api/time.ts";
import { type Container, type Frozen, jsonEqual, keyOf, type Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { containerEvent, heedImage } from "../container/container_lifecycle.ts";
import type { KubeletData } from "../data.ts";
import { unprepareStrays } from "../devices/unprepare.ts";
import { lookAtNode, seatFor } from "../node/node_view.ts";
import { isMirror } from "../static_pods/static_pod.ts";
import { admit, type Rejection } from "./admission.ts";
import { isResizable } from "./granted.ts";
import type { PodPhase } from "./pod_chart.ts";
import { podLog } from "./pod_events.ts";
import { advancePod, beginPod, limitDisk, podEvent, stopPod, watchActiveDeadline } from "./pod_lifecycle.ts";
import { type ContainerRecord, isLive, newContainerRecord, newPodRecord, type PodRecord } from "./pod_record.ts";
import { areSourcesKnown } from "./pod_sources.ts";
import { mountVolumes, refreshVolumes } from "./pod_volumes.ts";
import { isCritical, occupantOf } from "./preemption.ts";
import { adoptPod, hasRunOut, removeOrphans, restoreFromApi } from "./recovery.ts";
import { tendResizes } from "./resize.ts";
import { makeRoom } from "./room.ts";
import { noteShown, writeStatuses } from "./status_writer.ts";

const steadyMax = 1_000;

/** The API's wishes are known: takes over what runs already, starts what is missing, ends what nobody wants. */
export function beginManaging(data: KubeletData, step: Step) {
  data.managing = true;
  for (const pod of data.podInformer.values()) if (!isMirror(pod)) showPod(data, pod, { step });
  allSourcesKnown(data, step);
}

/** Ends what nobody wants, once it is known what everybody does, and has the API show what runs by manifests. */
export function allSourcesKnown(data: KubeletData, step: Step) {
  if (!areSourcesKnown(data)) return;
  removeOrphans(data, step);
  unprepareStrays(data, step);
  const { mirrors, wanted, moved } = data.staticPods;
  for (const key of [...mirrors.keys(), ...wanted.keys()]) moved.add(key);
}

/** The informer has seen a change. */
export function podChanged(data: KubeletData, { type, object, previous }: Change<Pod>, step: Step) {
  if (!data.managing) return;
  if (type === "deleted") return podRemoved(data, object, step);
  // Deleted and created again between two looks: the one before is gone, whatever its name.
  if (previous && previous.metadata.uid !== object.metadata.uid) podRemoved(data, previous, step);
  showPod(data, object, { step });
}

/** By what a pod is known: its uid. Names are used again. */
export function identityOf({ metadata }: Frozen<Pod>): string {
  return metadata.uid ?? "";
}

function podRemoved(data: KubeletData, object: Frozen<Pod>, step: Step) {
  const pod = data.pods.get(identityOf(object));
  if (pod) endPod(data, pod, { step, last: object });
}

/** Ends a pod that nobody wants any more, and forgets it then. */
export function endPod(
  data: KubeletData,
  pod: PodRecord,
  { step, last = pod.pod }: { readonly step: Step; readonly last?: Frozen<Pod> },
) {
  pod.removed = true;
  if (pod.phase === "finished" || pod.phase === "removing") return podEvent(data, pod, { event: "forget", step });
  stopPod(data, pod, { step, graceMs: graceOf(last) });
}

function graceOf({ metadata, spec }: Frozen<Pod>): number {
  return (metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30) * 1000;
}

/** Takes in a pod that is to run here, or what is new of one that does. */
export function showPod(data: KubeletData, shown: Frozen<Pod>, { step, isStatic = false }: Showing) {
  const identity = identityOf(shown);
  const known = data.pods.get(identity);
  if (known) return updatePod(data, known, { shown, step });
  data.services.start(step);
  const pod = newPodRecord(shown, { key: keyOf(shown), identity, isStatic });
  const { phase } = shown.status;
  restoreFromApi(pod);
  const hasSandbox = adoptPod(data, pod, step);
  const isEnded = phase === "Succeeded" || phase === "Failed" || (isStatic && hasRunOut(pod));
  const isDeleted = shown.metadata.deletionTimestamp !== undefined;
  const isKnown = shown.status.startTime !== undefined;
  data.pods.set(identity, pod);
  data.resizes.add(pod);
  const isLeft = hasSandbox && pod.containers.some(isLive);
  if (isEnded && !isLeft) return podEvent(data, pod, { event: "ended", step });
  if (!isKnown && !isDeleted && !hasSandbox) return judgePod(data, pod, step);
  if (hasSandbox || !isDeleted) beginPod(data, pod, step);
  if (hasSandbox) {
    podEvent(data, pod, { event: "adopted", step });
    // They are there; who follows what they are made from is not, since the kubelet is another.
    if (!isDeleted && !isEnded) mountVolumes(data, pod, { step, mounted: (later) => limitDisk(data, pod, later) });
  }
  // Others may have said how it went while it runs: also then its containers have their time.
  if (isDeleted || isEnded) return stopPod(data, pod, { step, graceMs: graceOf(shown) });
  if (!hasSandbox) podEvent(data, pod, { event: "admitted", step });
}

/** How a pod comes to be shown. */
interface Showing {
  readonly step: Step;
  /** It is this kubelet's own, and not the API's. Default false. */
  readonly isStatic?: boolean;
}

/** Takes in a pod that is new here, or turns it away; that never by an old word of the API. */
function judgePod(data: KubeletData, pod: PodRecord, step: Step) {
  const judge = () => admit(pod.pod, seatFor(data, pod.pod), isCritical(occupantOf(pod)));
  const rejection = judge();
  if (!rejection) return takeIn(data, pod, step);
  // What runs without the API does not wait for it.
  if (pod.mirror) return refuse(data, pod, { ...rejection, step });
  lookAtNode(data, step, (later) => {
    if (data.pods.get(pod.identity) !== pod || pod.phase !== "admitting") return;
    const again = judge();
    if (again) refuse(data, pod, { ...again, step: later });
    else takeIn(data, pod, later);
  });
}

/** Turns a pod away, but for one that others have to make room for. */
function refuse(data: KubeletData, pod: PodRecord, rejection: Rejection & { readonly step: Step }) {
  const { lacking, step } = rejection;
  if (!lacking || !isCritical(occupantOf(pod))) return reject(data, pod, rejection);
  const made = makeRoom(data, pod, { lacking, step, taken: (later) => takeIn(data, pod, later) });
  if (made.ok) return;
  const message = `Unexpected error while attempting to recover from admission failure: ${made.failure}`;
  reject(data, pod, { reason: "UnexpectedAdmissionError", message, step });
}

function reject(data: KubeletData, pod: PodRecord, { reason, message, step }: Rejection & { readonly step: Step }) {
  pod.rejected = true;
  pod.failure = { reason, message: `Pod was rejected: ${message}` };
  pod.startTime = formatTime(step.nowMs);
  podLog(data, pod, step).rejected(reason, message);
  podEvent(data, pod, { event: "rejected", step });
}

function takeIn(data: KubeletData, pod: PodRecord, step: Step): void {
  beginPod(data, pod, step);
  podEvent(data, pod, { event: "admitted", step });
  // From now on it has a mirror.
  if (pod.mirror) data.staticPods.moved.add(pod.key);
}

/** The manifest of a static pod that says its own uid is another: what of a pod can change while it runs does. */
export function changeStaticPod(
  data: KubeletData,
  pod: PodRecord,
  { wanted, step }: { readonly wanted: Frozen<Pod>; readonly step: Step },
) {
  pod.pod = wanted;
  refreshVolumes(data, pod, step);
  takeSpecs(data, pod, step);
  watchActiveDeadline(data, pod, step);
}

function updatePod(
  data: KubeletData,
  pod: PodRecord,
  { shown, step }: { readonly shown: Frozen<Pod>; readonly step: Step },
) {
  const isNewSpec = pod.pod.metadata.generation !== shown.metadata.generation;
  const { labels, annotations } = pod.pod.metadata;
  const isNewSelf = !jsonEqual([labels, annotations], [shown.metadata.labels, shown.metadata.annotations]);
  pod.pod = shown;
  noteShown(data, pod, shown);
  // What this kubelet has told meanwhile was told without what is seen only now.
  if (isNewSpec || shown.spec.readinessGates !== undefined) data.dirty.add(pod);
  if (shown.metadata.deletionTimestamp !== undefined) return stopPod(data, pod, { step, graceMs: graceOf(shown) });
  if (isEndedByOthers(pod)) return endAsSaid(data, pod, step);
  if (isNewSelf) refreshVolumes(data, pod, step);
  if (!isNewSpec) return;
  takeSpecs(data, pod, step);
  takeEphemeral(data, pod, step);
  watchActiveDeadline(data, pod, step);
}

/** Somebody else has said of a pod that goes on how it went. */
function isEndedByOthers({ pod, phase, stop }: PodRecord): boolean {
  const { phase: said } = pod.status;
  if (said !== "Failed" && said !== "Succeeded") return false;
  return stop === undefined && goingOn.has(phase);
}

const goingOn: ReadonlySet<PodPhase> = new Set([
  ...(["admitting", "mounting", "sandboxing", "sandboxBackOff", "initializing", "running"] as const),
]);

/** So it went, then: as when it is deleted its containers end, and the reason that was given stays. */
function endAsSaid(data: KubeletData, pod: PodRecord, step: Step): void {
  const { phase, reason = "", message = "" } = pod.pod.status;
  if (phase === "Failed") pod.failure = { reason, message };
  stopPod(data, pod, { step, graceMs: graceOf(pod.pod) });
}

/** The image of a running pod's container may be changed: then the container runs again with the new one. */
function takeSpecs(data: KubeletData, pod: PodRecord, step: Step): void {
  const { containers, initContainers = [] } = pod.pod.spec;
  data.dirty.add(pod);
  data.resizes.add(pod);
  for (const spec of [...initContainers, ...containers]) {
    const container = pod.containers.find(({ name }) => name === spec.name);
    if (!container) continue;
    const isOther = container.spec.image !== spec.image;
    container.spec = granted(container, spec);
    if (!isOther) continue;
    // How often the other could not be had, or has crashed, is not held against this one.
    Object.assign(container, { pullBackOffMs: 0, restartBackOffMs: 0, restartDelayMs: 0 });
    heedImage(data, { pod, container }, step);
  }
}

/** What a container is to have is its own as soon as there is room for it. */
function granted(container: ContainerRecord, spec: Frozen<Container>): Frozen<Container> {
  const { resources } = container.spec;
  if (!isResizable(container) || jsonEqual(resources ?? {}, spec.resources ?? {})) return spec;
  const { resources: _wanted, ...rest } = spec;
  return resources === undefined ? rest : { ...rest, resources };
}

/** Containers that were put into the pod since it was last seen begin as soon as the pod has a place to run. */
function takeEphemeral(data: KubeletData, pod: PodRecord, step: Step): void {
  for (const spec of pod.pod.spec.ephemeralContainers ?? []) {
    if (pod.containers.some(({ name }) => name === spec.name)) continue;
    const container = newContainerRecord(spec, "ephemeral");
    pod.containers.push(container);
    if (pod.phase === "initializing" || pod.phase === "running")
      containerEvent(data, { pod, container }, { event: "begin", step });
  }
}

/** Ends a step: pods whose containers have moved move on, then what has changed is written. */
export function settle(data: KubeletData, step: Step): void {
  tendResizes(data, step);
  for (let round = 0; data.moved.size > 0; round++) {
    if (round > steadyMax) throw new Error(`Cannot settle the pods of node "${data.input.node}": they never rest`);
    const moved = [...data.moved];
    data.moved.clear();
    for (const pod of moved) advancePod(data, pod, step);
    if (data.moved.size === 0) tendResizes(data, step);
  }
  writeStatuses(data, step);
}
