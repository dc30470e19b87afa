import type { Step } from "../../../runtime/mod.ts";
import { pod as podKind } from "../../api/kinds/pod.ts";
import { compareResourceVersions } from "../../api/resource_version.ts";
import { type Frozen, keyOf, type Pod } from "../../api/types.ts";
import type { Change } from "../../client/informer.ts";
import { after, type KubeletData } from "../data.ts";
import type { PodRecord } from "../pod/pod_record.ts";
import { areSourcesKnown } from "../pod/pod_sources.ts";
import { restoreFromMirror } from "../pod/recovery.ts";
import { noteShown } from "../pod/status_writer.ts";
import { isMirrorOf, mirrorOf } from "./static_pod.ts";

const retryFirstMs = 200;
const retryMaxMs = 10_000;
/** Who has deleted a mirror and looks for it sees it gone: a kubelet's own loop takes as long to come to it. */
const goneMs = 300;

/** The API shows a mirror, or shows it no more. */
export function mirrorChanged(data: KubeletData, { type, object, previous }: Change<Pod>, step: Step): void {
  if (previous && previous.metadata.uid !== object.metadata.uid) forgetMirror(data, previous, step);
  if (type === "deleted") forgetMirror(data, object, step);
  else noteMirror(data, object);
}

function noteMirror({ staticPods: { mirrors, moved } }: KubeletData, mirror: Frozen<Pod>): void {
  const key = keyOf(mirror);
  const known = mirrors.get(key)?.metadata;
  const { resourceVersion = "" } = mirror.metadata;
  moved.add(key);
  // A watch may show again what is known to be over.
  if (known && compareResourceVersions(resourceVersion, known.resourceVersion ?? "") < 0) return;
  mirrors.set(key, mirror);
}

function forgetMirror(data: KubeletData, mirror: Frozen<Pod>, step: Step): void {
  const { mirrors, moved, writing } = data.staticPods;
  const key = keyOf(mirror);
  moved.add(key);
  if (mirrors.get(key)?.metadata.uid !== mirror.metadata.uid) return;
  mirrors.delete(key);
  // Who is writing it waits by itself.
  if (!writing.has(key)) pause(data, key, { delayMs: goneMs, step });
}

/**
 * Has the API show a static pod as it is: made where it is missing, made anew where it shows another, taken away where
 * there is no such pod. What becomes of a mirror is nothing to the pod itself.
 */
export function tendMirror(data: KubeletData, key: string, { record, step }: Tended): void {
  const { staticPods: state } = data;
  const mirror = state.mirrors.get(key);
  if (record?.mirror) showMirror(data, record, mirror);
  if (!areSourcesKnown(data) || state.writing.has(key)) return;
  if (!record) {
    // The next one of its name comes in a moment.
    if (mirror && !state.wanted.has(key)) removeMirror(data, mirror, step);
    return;
  }
  if (record.removed) return;
  const isSound = mirror?.metadata.deletionTimestamp === undefined;
  if (mirror && isSound && isMirrorOf(mirror, record.pod)) return;
  if (mirror) removeMirror(data, mirror, step);
  else if (record.phase !== "admitting" && record.phase !== "finished") createMirror(data, record, step);
}

/** The pod of that name that is here, if there is one. */
interface Tended {
  readonly record: PodRecord | undefined;
  readonly step: Step;
}

/** What is written of a static pod is written to its mirror. */
function showMirror(data: KubeletData, record: PodRecord, found: Frozen<Pod> | undefined): void {
  const { mirror } = record;
  const object = found && isMirrorOf(found, record.pod) ? found : undefined;
  if (!mirror || mirror.object === object) return;
  const isOther = mirror.object?.metadata.uid !== object?.metadata.uid;
  mirror.object = object;
  if (!object) return;
  if (isOther) {
    if (!mirror.isRestored) restoreFromMirror(record, object);
    mirror.isRestored = true;
    record.reported = undefined;
    record.reportedVersion = "";
    data.dirty.add(record);
  }
  noteShown(data, record, object);
}

function createMirror(data: KubeletData, { key, pod }: PodRecord, step: Step): void {
  const { registered, uid, known } = data.node;
  // It is tried again when the node is there.
  if (!registered || uid === undefined || known?.metadata.deletionTimestamp !== undefined) {
    tryLater(data, key, step);
    return;
  }
  const { namespace } = pod.metadata;
  const object = mirrorOf(pod, { node: data.input.node, uid });
  data.staticPods.writing.add(key);
  data.client.create<Pod>(step, { kind: podKind, namespace, object }, (outcome, later) => {
    // Also where no answer came: if it is there all the same, the informer will show it.
    if (!outcome.ok) return tryLater(data, key, later);
    written(data, key);
    noteMirror(data, outcome.value);
  });
}

function removeMirror(data: KubeletData, mirror: Frozen<Pod>, step: Step): void {
  const { name, namespace, uid } = mirror.metadata;
  const key = keyOf(mirror);
  data.staticPods.writing.add(key);
  const preconditions = uid === undefined ? {} : { preconditions: { uid } };
  const remove = { kind: podKind, namespace, name, gracePeriodSeconds: 0, ...preconditions };
  data.client.remove<Pod>(step, remove, (outcome, later) => {
    if (!outcome.ok && outcome.failure.code !== 404) return tryLater(data, key, later);
    written(data, key);
    const { mirrors } = data.staticPods;
    if (mirrors.get(key)?.metadata.uid === uid) mirrors.delete(key);
    pause(data, key, { delayMs: goneMs, step: later });
  });
}

function written({ staticPods: state }: KubeletData, key: string): void {
  state.writing.delete(key);
  state.writeFailures.delete(key);
  state.moved.add(key);
}

function tryLater(data: KubeletData, key: string, step: Step): void {
  const { writeFailures } = data.staticPods;
  const failures = writeFailures.get(key) ?? 0;
  writeFailures.set(key, failures + 1);
  pause(data, key, { delayMs: Math.min(retryFirstMs * 2 ** failures, retryMaxMs), step });
}

/** Leaves a mirror alone for a while. */
function pause(
  data: KubeletData,
  key: string,
  { delayMs, step }: { readonly delayMs: number; readonly step: Step },
): void {
  const { writing, moved } = data.staticPods;
  writing.add(key);
  after(data, step, delayMs, () => {
    writing.delete(key);
    moved.add(key);
  });
}
