import type { Step } from "../../../runtime/mod.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { compareResourceVersions } from "../../api/resource_version.ts";
import type { Fields, Frozen, Pod } from "../../api/types.ts";
import type { Failure } from "../../client/outcome.ts";
import { after, type KubeletData } from "../data.ts";
import { podEvent } from "./pod_lifecycle.ts";
import type { ContainerRecord, PodRecord } from "./pod_record.ts";
import { podStatus } from "./pod_status.ts";
import { statusPatch } from "./status_patch.ts";

const retryFirstMs = 200;
const retryMaxMs = 10_000;

/**
 * Writes what has changed in the status of the pods that were touched: one write of a pod at a time, so what changes
 * while one is under way is told with the next. A pod whose end is told is then deleted from the API.
 */
export function writeStatuses(data: KubeletData, step: Step): void {
  if (data.dirty.size === 0) return;
  const dirty = [...data.dirty];
  data.dirty.clear();
  for (const pod of dirty) writeStatus(data, pod, step);
}

function writeStatus(data: KubeletData, pod: PodRecord, step: Step) {
  const shown = shownOf(pod);
  if (!shown || pod.writing || pod.unwanted || pod.phase === "admitting" || pod.phase === "gone") return;
  // A static pod's mirror goes when the pod has ended: until then it is told how that goes.
  if (pod.removed && !pod.mirror) return;
  if (pod.containers.some(isAboutToRun)) return;
  const before = pod.reported ?? shown.status;
  const patch = statusPatch(before, podStatus(data, pod, step));
  if (patch) return patchStatus(data, pod, { step, patch, shown });
  pod.reported ??= before;
  if (pod.phase === "removing" && !pod.isDeletedHere) removeFromApi(data, pod, step);
}

/** The object in the API that tells of a pod: itself, or the mirror of one that it does not have. */
function shownOf({ mirror, pod }: PodRecord): Frozen<Pod> | undefined {
  return mirror ? mirror.object : pod;
}

/**
 * What is on the way to run is told once it runs, or cannot: nobody can do anything with a container that was made and
 * not yet started, and each write makes those of others meet a conflict. Whatever comes of it touches the pod again.
 */
function isAboutToRun({ phase, isHooked }: ContainerRecord): boolean {
  return (phase === "checkingImage" || phase === "creating" || phase === "starting") && !isHooked;
}

function patchStatus(
  data: KubeletData,
  pod: PodRecord,
  { step, patch, shown }: { readonly step: Step; readonly patch: Fields; readonly shown: Frozen<Pod> },
): void {
  const { name, namespace, uid } = shown.metadata;
  const body = { metadata: { uid }, status: patch };
  pod.writing = true;
  const write = { kind: podKind, namespace, name, subresource: "status", patch: body };
  data.client.patch<Pod>(step, write, (outcome, later) => {
    pod.writing = false;
    // It was another mirror's.
    if (shownOf(pod)?.metadata.uid !== uid) return void data.dirty.add(pod);
    if (!outcome.ok) return failed(data, pod, { step: later, failure: outcome.failure });
    pod.writeFailures = 0;
    data.connected = true;
    pod.reported = outcome.value.status;
    pod.reportedVersion = outcome.value.metadata.resourceVersion ?? "";
    data.dirty.add(pod);
  });
}

function removeFromApi(data: KubeletData, pod: PodRecord, step: Step): void {
  const { name, namespace, uid } = pod.pod.metadata;
  pod.writing = true;
  const remove = { kind: podKind, namespace, name, gracePeriodSeconds: 0, preconditions: { uid } };
  data.client.remove<Pod>(step, remove, (outcome, later) => {
    pod.writing = false;
    if (!outcome.ok) return failed(data, pod, { step: later, failure: outcome.failure });
    pod.writeFailures = 0;
    data.connected = true;
    // With finalizers the object stays: what it says is still this kubelet's.
    pod.isDeletedHere = true;
  });
}

function failed(
  data: KubeletData,
  pod: PodRecord,
  { step, failure }: { readonly step: Step; readonly failure: Failure },
) {
  const shown = data.podInformer.get(pod.key);
  const { uid } = shownOf(pod)?.metadata ?? {};
  const isAnother = failure.code === 409 && shown?.metadata.uid !== uid;
  if (pod.mirror && (failure.code === 404 || isAnother)) return loseMirror(data, pod, uid);
  if (failure.code === 404) {
    pod.unwanted = true;
    return forget(data, pod, step);
  }
  // Another one has its name by now; the informer will say so.
  if (isAnother) {
    pod.unwanted = true;
    return;
  }
  if (failure.code === 0) data.connected = false;
  // What was lost may have been done: the next difference is taken from what the informer shows.
  pod.reported = shown?.metadata.uid === uid ? shown?.status : undefined;
  const delayMs = Math.min(retryFirstMs * 2 ** pod.writeFailures++, retryMaxMs);
  after(data, step, delayMs, () => void data.dirty.add(pod));
}

/** Somebody has deleted the mirror: the pod itself knows nothing of that. */
function loseMirror(
  { staticPods: { mirrors, moved } }: KubeletData,
  { key }: PodRecord,
  uid: string | undefined,
): void {
  if (mirrors.get(key)?.metadata.uid === uid) mirrors.delete(key);
  moved.add(key);
}

function forget(data: KubeletData, pod: PodRecord, step: Step): void {
  if (pod.phase === "removing") podEvent(data, pod, { event: "forget", step });
}

/** The API shows a pod: what somebody else wrote over the kubelet's words is put right. */
export function noteShown(data: KubeletData, pod: PodRecord, shown: Frozen<Pod>): void {
  if (pod.writing || pod.reportedVersion === shown.metadata.resourceVersion) return;
  if (isOlder(shown.metadata.resourceVersion, pod.reportedVersion)) return;
  pod.reported = shown.status;
  data.dirty.add(pod);
}

function isOlder(version = "", than: string): boolean {
  return than !== "" && compareResourceVersions(version, than) < 0;
}
