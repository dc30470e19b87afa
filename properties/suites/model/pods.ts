import { formatTime } from "../../../actors/api/time.ts";
import type { Fields } from "../../../actors/api/types.ts";
import type { ImageBehaviour } from "../../../actors/cri/messages.ts";
import type { Step } from "../../../runtime/mod.ts";
import { drop, hasKubelets, keyOf, later, type ModelApiData, put } from "./data.ts";
import type { ModelChange, ModelObject, PodTurn } from "./messages.ts";
import { merged } from "./selected.ts";

const placeMs = 3;

interface PodSpecOf {
  readonly nodeName?: string;
  readonly restartPolicy?: string;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly {
          readonly matchFields?: readonly { readonly values?: readonly string[] }[];
        }[];
      };
    };
  };
}

const specOf = ({ spec }: ModelObject) => spec as unknown as PodSpecOf;

/** Has a pod go on, when it was made, bound, or has to end. */
export function play(data: ModelApiData, { key, object, previous }: ModelChange, step: Step): void {
  if (!object || hasKubelets(data)) return;
  const { metadata } = object;
  if (metadata.deletionTimestamp && !previous?.metadata.deletionTimestamp) {
    later(data, { turn: "end", key, object, afterMs: data.endMs ?? 0 }, step);
  }
  if (!data.played || metadata.deletionTimestamp) return;
  const { nodeName } = specOf(object);
  if (!nodeName) {
    if (!previous) later(data, { turn: "bind", key, object, afterMs: placeMs }, step);
  } else if (!previous || !specOf(previous).nodeName) {
    const { missing, pullMs = 0, startMs = 0 } = behaviourOf(data, object);
    if (!missing) later(data, { turn: "start", key, object, afterMs: pullMs + startMs }, step);
  }
}

function behaviourOf({ played }: ModelApiData, pod: ModelObject): ImageBehaviour {
  return played?.images[specOf(pod).containers[0]?.image ?? ""] ?? {};
}

/** Carries out what is due for a pod, or for whatever goes with its owner; nothing when it is another one by now. */
export function takeTurn(data: ModelApiData, { key, uid, turn }: PodTurn, step: Step): void {
  const object = data.objects.get(key);
  if (object?.metadata.uid !== uid) return;
  const resource = key.slice(0, key.indexOf("/"));
  if (turn === "collect") drop(data, { resource, key }, step);
  else if (turn === "end") end(data, { key, object }, step);
  else if (!object.metadata.deletionTimestamp) goOn(data, { key, object, turn }, step);
}

interface Going extends Pick<PodTurn, "key" | "turn"> {
  readonly object: ModelObject;
}

function goOn(data: ModelApiData, { key, object, turn }: Going, step: Step) {
  const resource = "pods";
  const write = (patch: Fields) =>
    void put(data, { resource, key, object: merged(object, patch) as typeof object }, step);
  const behaviour = behaviourOf(data, object);
  if (turn === "bind") {
    const node = nodeFor(data, object);
    if (node !== undefined)
      write({ spec: { nodeName: node }, status: { conditions: [condition("PodScheduled", step)] } });
    else later(data, { turn, key, object, afterMs: 500 }, step);
  } else if (turn === "start") {
    write({ status: { ...running(object, false, step), podIP: ipOf(data), startTime: formatTime(step.nowMs) } });
    const { exitAfterMs, readyMs = 0 } = behaviour;
    if (exitAfterMs === undefined) later(data, { turn: "ready", key, object, afterMs: readyMs }, step);
    else if (specOf(object).restartPolicy !== "Always")
      later(data, { turn: "exit", key, object, afterMs: exitAfterMs }, step);
  } else if (turn === "ready") {
    write({ status: running(object, true, step) });
  } else if (turn === "exit") {
    write({ status: ended(object, behaviour.exitCode ?? 0, step) });
  }
}

/** A pod that ends has ended for those who keep it by a finalizer, and is gone when nobody does. */
function end(data: ModelApiData, { key, object }: { readonly key: string; readonly object: ModelObject }, step: Step) {
  const { finalizers = [] } = object.metadata;
  if (finalizers.length === 0) {
    drop(data, { resource: "pods", key }, step);
    return;
  }
  const isOver = ["Succeeded", "Failed"].includes(object.status?.phase as string);
  const metadata = { deletionGracePeriodSeconds: 0 };
  const status = isOver ? {} : ended(object, 137, step);
  put(data, { resource: "pods", key, object: merged(object, { metadata, status }) as typeof object }, step);
}

/** The node that a pod asks for by its name; else open ones in turn. */
function nodeFor(data: ModelApiData, pod: ModelObject): string | undefined {
  const { played, objects } = data;
  const terms = specOf(pod).affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const named = terms?.[0]?.matchFields?.[0]?.values?.[0];
  if (named !== undefined) return objects.has(keyOf("nodes", { name: named })) ? named : undefined;
  const open = (played?.nodes ?? []).filter((name) => {
    const node = objects.get(keyOf("nodes", { name }));
    return node && !node.spec?.unschedulable && !((node.spec?.taints as readonly unknown[] | undefined) ?? []).length;
  });
  return open[data.placed++ % open.length];
}

function ipOf(data: ModelApiData): string {
  const number = ++data.made;
  return `10.0.${number >> 8}.${number & 255}`;
}

function condition(type: string, { nowMs }: Step): Fields {
  return { type, status: "True", lastTransitionTime: formatTime(nowMs) };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime: string;
}

/** The conditions of a pod that is ready, or is not; one that is as before is so since then. */
function ready(pod: ModelObject, isReady: boolean, { nowMs }: Step): readonly Condition[] {
  const known = (pod.status?.conditions ?? []) as readonly Condition[];
  return ["Initialized", "ContainersReady", "Ready"].map((type) => {
    const status = type === "Initialized" || isReady ? "True" : "False";
    const before = known.find((each) => each.type === type);
    return before?.status === status ? before : { type, status, lastTransitionTime: formatTime(nowMs) };
  });
}

function running(pod: ModelObject, isReady: boolean, step: Step): Fields {
  const [{ name, image } = { name: "", image: "" }] = specOf(pod).containers;
  const state = { running: { startedAt: formatTime(step.nowMs) } };
  const containerStatuses = [{ name, image, imageID: image, ready: isReady, started: true, restartCount: 0, state }];
  return { phase: "Running", containerStatuses, conditions: ready(pod, isReady, step) };
}

function ended(pod: ModelObject, exitCode: number, step: Step): Fields {
  const [{ name, image } = { name: "", image: "" }] = specOf(pod).containers;
  const at = formatTime(step.nowMs);
  const reason = exitCode === 0 ? "Completed" : "Error";
  const state = { terminated: { exitCode, reason, startedAt: at, finishedAt: at } };
  const containerStatuses = [{ name, image, imageID: image, ready: false, started: false, restartCount: 0, state }];
  return { phase: exitCode === 0 ? "Succeeded" : "Failed", containerStatuses, conditions: ready(pod, false, step) };
}
